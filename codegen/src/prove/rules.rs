//! The rules. Each has a file with the function that judges it, and beside it a page that explains it. The examples on the
//! page are its tests.

pub(super) mod foreign_reference;
pub(super) mod grant;
pub(super) mod opaque;
pub(super) mod physical_delete;
pub(super) mod soft_delete;
pub(super) mod tenant_scope;
pub(super) mod tenant_write;
pub(super) mod unused_allow;

use super::case::{Case, Finding};

/// A rule.
pub struct Rule {
    /// Its name in diagnostics and in `--@ allow`.
    pub id: &'static str,
    /// The page that explains it, in Markdown.
    pub page: &'static str,
    pub(super) judge: fn(&mut Case<'_, '_>) -> Vec<Finding>,
}

impl Rule {
    /// The sentence below the title of its page.
    pub fn summary(&self) -> &'static str {
        self.page.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// All rules, in the order in which they are applied.
pub static ALL: &[Rule] = &[
    soft_delete::RULE,
    tenant_scope::RULE,
    tenant_write::RULE,
    foreign_reference::RULE,
    grant::RULE,
    physical_delete::RULE,
    opaque::RULE,
    unused_allow::RULE,
];
