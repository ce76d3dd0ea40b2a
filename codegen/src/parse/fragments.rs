//! Fragments: SQL that is written once in a file and used in several of its statements.
//!
//! ```sql
//! --@ fragment live
//! -- c.deleted_at is null and c.status = 'published'
//!
//! --! list_content
//! select c.id from content c where :live;
//! ```
//!
//! A statement uses a fragment like a parameter, so that `psql` runs it with `\set live '...'`. Fragments are expanded
//! before anything else is done with the statement, and positions in them stay those of the fragment.

use std::collections::BTreeMap;

use super::lex::{Lexer, Token, TokenKind};
use super::line::problem;
use super::marks::Segment;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span, Spanned};

pub(super) const HELP: &str = "write `--@ fragment name`, and below it the SQL in `-- ` lines";

/// The fragments of a file that were read so far.
#[derive(Default)]
pub(super) struct Fragments {
    known: BTreeMap<String, Fragment>,
    /// The fragment whose lines are being read.
    open: Option<String>,
}

struct Fragment {
    name: Span,
    tokens: Vec<Token>,
    /// The line end to put before the next line, if there is one.
    line_end: Option<Token>,
    is_used: bool,
}

impl Fragments {
    /// Begins a fragment.
    pub fn begin(&mut self, name: Spanned<String>) -> Option<Diagnostic> {
        if let Some(first) = self.known.get(&name.value) {
            let message = format!("the fragment `{}` is declared twice", name.value);
            let error = problem(name.span, message, "rename one of them");
            return Some(error.note(first.name, "first declared here"));
        }
        let fragment = Fragment { name: name.span, tokens: Vec::new(), line_end: None, is_used: false };
        self.known.insert(name.value.clone(), fragment);
        self.open = Some(name.value);
        None
    }

    /// Takes a token outside of any statement. Returns whether it belongs to the open fragment.
    pub fn take(&mut self, file: FileId, source: &str, token: Token, found: &mut Vec<Diagnostic>) -> bool {
        let Some(name) = self.open.clone() else { return false };
        let is_line = token.kind == TokenKind::LineComment && !token.text(source).starts_with("---");
        let line_ends = token.text(source).matches('\n').count();
        if token.kind == TokenKind::Blank && line_ends < 2 {
            if let Some(fragment) = self.known.get_mut(&name) {
                fragment.line_end = Some(token);
            }
            return true;
        }
        if !is_line {
            self.close(found);
            return false;
        }
        let mut tokens = Vec::new();
        for inner in Lexer::new(&source[..token.end], token.start + 2) {
            let span = Span { file, start: inner.start, end: inner.end };
            let is_other = inner.kind == TokenKind::Bind && self.known.contains_key(&inner.text(source)[1..]);
            let wrong = match inner.kind {
                _ if !inner.closed => "this is not closed on its line",
                _ if is_other => "fragments cannot be nested",
                _ if inner.is_mark(source, ";") => "a fragment cannot contain `;`",
                TokenKind::Param => "numbered parameters are not supported",
                TokenKind::LineComment => "a fragment cannot contain comments or marks",
                _ => {
                    tokens.push(inner);
                    continue;
                }
            };
            found.push(*problem(span, wrong, HELP));
            break;
        }
        if let Some(fragment) = self.known.get_mut(&name) {
            let line_end = fragment.line_end.take().filter(|_| !fragment.tokens.is_empty());
            match tokens.first_mut() {
                // The blank after the dashes is not part of the SQL, and the first line is indented where the name is used.
                Some(blank) if blank.kind == TokenKind::Blank => {
                    blank.start = if line_end.is_some() { blank.start + 1 } else { blank.end };
                }
                _ => {}
            }
            fragment.tokens.extend(line_end);
            fragment.tokens.extend(tokens.into_iter().filter(|token| token.start < token.end));
        }
        true
    }

    /// Ends the open fragment.
    pub fn close(&mut self, found: &mut Vec<Diagnostic>) {
        let Some(fragment) = self.open.take().and_then(|name| self.known.get_mut(&name)) else { return };
        while fragment.tokens.pop_if(|token| token.is_gap()).is_some() {}
        if fragment.tokens.is_empty() {
            found.push(*problem(fragment.name, "this fragment is empty", HELP));
        }
    }

    /// Expands the fragments that a statement uses.
    pub fn expand(
        &mut self,
        file: FileId,
        source: &str,
        segments: &mut [Segment],
        found: &mut Vec<Diagnostic>,
    ) {
        for segment in segments {
            let mut expanded = Vec::with_capacity(segment.tokens.len());
            for (index, token) in segment.tokens.iter().enumerate() {
                let name = (token.kind == TokenKind::Bind).then(|| &token.text(source)[1..]);
                let Some(fragment) = name.and_then(|name| self.known.get_mut(name)) else {
                    expanded.push(*token);
                    continue;
                };
                fragment.is_used = true;
                let beside = [index.checked_sub(1), Some(index + 1)];
                let beside = beside.into_iter().flatten().filter_map(|at| segment.tokens.get(at));
                let is_apart = |token: &Token| {
                    token.is_gap() || ["(", ")", ","].iter().any(|mark| token.is_mark(source, mark))
                };
                if !beside.into_iter().all(is_apart) {
                    let span = Span { file, start: token.start, end: token.end };
                    found.push(*problem(
                        span,
                        "this fragment is not separated from the SQL around it",
                        "put spaces around it",
                    ));
                    expanded.push(*token);
                    continue;
                }
                expanded.extend(&fragment.tokens);
            }
            segment.tokens = expanded;
        }
    }

    /// After the whole file: reports unused fragments, and names of fragments that were read as parameters.
    pub fn check<'a>(&self, params: impl Iterator<Item = (&'a str, Span)>) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = Vec::new();
        for (param, used) in params {
            if let Some(fragment) = self.known.get(param).filter(|fragment| used.start < fragment.name.start)
            {
                let help =
                    "declare the fragment above the first query that uses it; fragments cannot be nested";
                let error = problem(used, format!("the fragment `{param}` is not declared yet"), help);
                found.push(error.note(fragment.name, "declared here"));
            }
        }
        let unused = self.known.iter().filter(|(name, fragment)| {
            !fragment.is_used && !found.iter().any(|error| error.message.contains(&format!("`{name}`")))
        });
        let unused: Vec<Diagnostic> = unused
            .map(|(name, fragment)| {
                Diagnostic::warning("fragment", fragment.name, format!("unused fragment `{name}`"))
                    .help(format!("use it as `:{name}`, or remove it"))
            })
            .collect();
        found.extend(unused);
        found
    }
}
