//! `unused-allow`: a waiver that waives nothing is reported, since it misleads the next reader.
//!
//! Whether a waiver was used is known only after all other rules. So nothing is judged here: [`crate::prove::examine`]
//! reports it.

use super::Rule;
use crate::prove::case::{Case, Finding};

pub(in crate::prove) const RULE: Rule =
    Rule { id: "unused-allow", page: include_str!("unused_allow.md"), judge };

fn judge(_: &mut Case<'_, '_>) -> Vec<Finding> {
    Vec::new()
}
