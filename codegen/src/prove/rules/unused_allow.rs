//! `unused-allow`: a waiver that waives nothing is a trap for the next reader.
//!
//! Whether a waiver was used is known when all the other rules have judged, so the judge here has nothing to say; see
//! [`crate::prove::examine`].

use super::Rule;
use crate::prove::case::{Case, Finding};

pub(in crate::prove) const RULE: Rule =
    Rule { id: "unused-allow", page: include_str!("unused_allow.md"), judge };

fn judge(_: &mut Case<'_, '_>) -> Vec<Finding> {
    Vec::new()
}
