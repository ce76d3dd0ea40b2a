//! The runtime of sqlward.
