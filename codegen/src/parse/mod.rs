//! Query files -> [`QueryDecl`]s. Pure, and never fails: the result is what was understood, and diagnostics about the rest.
//!
//! `lex` splits a file into tokens; `line`, `header` and `directive` read comments that are annotations; `file` decides which
//! annotation belongs to which statement. A statement becomes an [`Sql`], see `sql`; `marks` splits it at its optional lines,
//! and `copy` makes the statement of a copy. `resolve` then checks the file as a whole.
//!
//! The last statement of a file may lack its `;`. Every other statement ends with its `;`; a `--!` line before it is an
//! error.

mod attribute;
mod copy;
mod decl;
mod directive;
mod file;
mod fragments;
mod header;
pub(crate) mod lex;
mod line;
mod marks;
mod page;
mod resolve;
mod sql;

pub use decl::*;
pub use lex::{Lexer, Token, TokenKind, tokens};
pub(crate) use line::{is_identifier, is_rust_name};
pub(crate) use page::order_items;
pub use sql::TokenSpans;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::project::Project;
use crate::source::Span;

/// Reads all query files of a project.
pub fn parse(diagnostics: &mut Diagnostics, project: &Project) -> Vec<QueryDecl> {
    let mut queries = Vec::new();
    for query_file in &project.queries {
        let text = &project.sources.file(query_file.file).text;
        if text
            .trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
            .is_empty()
        {
            let span = Span { file: query_file.file, start: 0, end: 0 };
            let warning = Diagnostic::warning("empty-file", span, "this file is empty");
            diagnostics.report(warning.help("write a query, `--! name` and its SQL, or remove the file"));
        }
        let declared = file::read(diagnostics, query_file.file, text, &query_file.module);
        queries.extend(resolve::resolve(diagnostics, &project.sources, declared));
    }
    // A file without queries is fine, but a run that checks nothing must not look like one that found nothing wrong.
    if let Some(first) = project.queries.first().filter(|_| queries.is_empty() && !diagnostics.has_errors()) {
        let span = Span { file: first.file, start: 0, end: 0 };
        let error = Diagnostic::error("no-queries", span, "no query file contains a query");
        diagnostics.report(error.help("write `--! name` and its SQL under it"));
    }
    queries
}

#[cfg(test)]
mod tests;
