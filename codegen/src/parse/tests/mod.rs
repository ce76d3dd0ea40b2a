mod cases;
mod declarations;
mod lexer;
mod limits;
mod marks;
mod statements;

use super::{QueryDecl, parse};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::project::Project;

/// The declarations and findings of one file, `queries/file.sql`.
fn parsed(text: &str) -> (Project, Vec<QueryDecl>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let project = Project::in_memory(&mut diagnostics, "", "", &[("file.sql", text)]);
    let queries = parse(&mut diagnostics, &project);
    (project, queries, diagnostics.into_sorted())
}

/// The declarations of a file without mistakes.
fn correct(text: &str) -> Vec<QueryDecl> {
    let (_, queries, diagnostics) = parsed(text);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    queries
}
