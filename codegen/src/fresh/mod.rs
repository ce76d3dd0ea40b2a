//! Files in memory <-> files on disk: writes the generated crate, and tells whether it is current.
//!
//! `sqlward.lock`, a file of the crate, records what it was generated from and what was generated. [`check`]
//! compares that with the disk without generating anything; the crate's own `build.rs` does the same with the inputs.

#[allow(dead_code, reason = "its main function is that of the generated build.rs")]
mod build_script;
mod check;
mod lock;
mod write;

pub use check::{Finding, FindingKind, check, compare};
pub use lock::{Input, Inputs, seal};
pub use write::{Written, write};

/// The digest of a text, independent of whether its lines end in CR LF or LF, which can change at a checkout.
pub use build_script::digest;

/// The source of `build.rs`. It is also a module of the compiler, so that there is one definition of the digest.
pub(crate) const BUILD_SCRIPT: &str = include_str!("build_script.rs");

/// The file that records digests.
const LOCK: &str = "sqlward.lock";

/// Where new files are staged while a crate is written: inside of its folder, and so on the same file system.
const STAGE: &str = ".sqlward-stage";
