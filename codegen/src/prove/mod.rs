//! Typed queries -> proven queries. Only this module can make a [`Proven`].

use crate::infer::{Signature, Typed};
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

/// Judges a query. There are no rules yet, so every query is [`Verdict::Unchecked`].
pub fn prove(typed: Typed) -> Proven {
    Proven { typed, verdict: Verdict::Unchecked, derivation: Vec::new() }
}
