//! Typed queries -> proven queries. Only this module can make a [`Proven`].

use crate::infer::{Catalog, Signature, Typed};
use crate::parse::QueryDecl;
use crate::tree::Query;

/// What is known of a query's safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No rule has judged it.
    Unchecked,
    /// Every rule holds.
    Proven,
}

/// A query that may be generated.
#[derive(Debug, Clone)]
pub struct Proven {
    typed: Typed,
    verdict: Verdict,
    derivation: Vec<String>,
}

impl Proven {
    /// What the author wrote.
    pub fn decl(&self) -> &QueryDecl {
        &self.typed.decl
    }

    /// What PostgreSQL made of it.
    pub fn tree(&self) -> &Query {
        &self.typed.tree
    }

    /// What the function looks like.
    pub fn signature(&self) -> &Signature {
        &self.typed.signature
    }

    /// What is known of its safety.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why it is safe, one line for each table it uses.
    pub fn derivation(&self) -> &[String] {
        &self.derivation
    }
}

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

/// Judges queries. There are no rules yet, so every query is [`Verdict::Unchecked`].
pub fn prove(catalog: Catalog<Typed>) -> Catalog<Proven> {
    let Catalog { ids, enums, composites, scopes, rows, constraints, queries } = catalog;
    let judge = |typed| Proven { typed, verdict: Verdict::Unchecked, derivation: Vec::new() };
    let queries = queries.into_iter().map(judge).collect();
    Catalog { ids, enums, composites, scopes, rows, constraints, queries }
}
