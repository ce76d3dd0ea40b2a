//! Temporary.
use crate::{schema::Schema, tree::Query};
/// Temporary.
pub fn nullable_params(_: &Schema, _: &Query, n: usize) -> Vec<bool> {
    vec![false; n]
}
