//! Query files -> [`QueryDecl`]s. Pure, and never fails: what it understood, and what it did not as diagnostics.

mod decl;
mod lex;

pub use decl::*;
