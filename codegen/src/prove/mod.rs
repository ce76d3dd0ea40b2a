//! Typed queries + policy -> proven queries.

/// The ids of the rules that a query must satisfy, and that `--@ allow` can waive.
pub const RULES: &[&str] = &[
    "soft-delete",
    "tenant-scope",
    "tenant-write",
    "foreign-reference",
    "physical-delete",
    "opaque",
    "unused-allow",
];
