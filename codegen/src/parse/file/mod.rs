//! One query file: assigns annotations and tokens to queries.

mod annotations;
mod unclosed;

use super::directive::{Directive, Directives};
use super::fragments::Fragments;
use super::header::{Header, Shape};
use super::lex::{Lexer, Token, TokenKind};
use super::line::problem;
use super::{Marks, QueryDecl, Sql, StructDecl, marks, sql};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span, Spanned};

/// The rule of SQL that cannot be read or is misplaced.
const SYNTAX: &str = "syntax";

/// The declarations of one file.
pub(super) struct FileDecls {
    pub queries: Vec<Declared>,
    pub types: Vec<StructDecl>,
}

/// A query whose references to `--:` types are still names.
pub(super) struct Declared {
    /// Everything but `params` and `row`.
    pub query: QueryDecl,
    pub params: Option<Shape>,
    pub row: Option<Shape>,
}

/// Reads a file.
pub(super) fn read(diagnostics: &mut Diagnostics, file: FileId, text: &str, module: &[String]) -> FileDecls {
    // A byte order mark is not part of the text.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader {
        diagnostics,
        file,
        text,
        module,
        lexer: Lexer::new(text, start),
        unclosed: 0,
        file_scope: Directives::default(),
        waiting: Vec::new(),
        waiting_misread: false,
        target: Target::Nothing,
        pending: None,
        statement: Vec::new(),
        strays: Vec::new(),
        query_seen: false,
        fragments: Fragments::default(),
        found: FileDecls { queries: Vec::new(), types: Vec::new() },
    };
    reader.check_bytes();
    reader.run();
    reader.found
}

struct Reader<'a> {
    diagnostics: &'a mut Diagnostics,
    file: FileId,
    text: &'a str,
    module: &'a [String],
    lexer: Lexer<'a>,
    unclosed: usize,
    /// `--@ scope` before the first query.
    file_scope: Directives,
    /// `--@` lines before their `--!` line.
    waiting: Vec<(Directive, Span)>,
    /// Whether one of those could not be read.
    waiting_misread: bool,
    target: Target,
    /// The query whose statement is not complete yet.
    pending: Option<Pending>,
    /// The tokens of the current statement.
    statement: Vec<Token>,
    /// Annotation lines inside the current statement. If a `--!` line follows, the statement only lacks its semicolon; if
    /// more of the statement follows, the annotations are misplaced.
    strays: Vec<Token>,
    /// Whether there was a `--!` line, after which `--@ scope` is no longer about the whole file.
    query_seen: bool,
    fragments: Fragments,
    found: FileDecls,
}

/// What `--#` and `--&` lines belong to.
enum Target {
    Nothing,
    Type,
    Query,
}

/// A query between its `--!` line and the end of its statement.
struct Pending {
    /// `None` after a `--!` line that could not be read.
    header: Option<Header>,
    docs: Vec<String>,
    attributes: Vec<Spanned<String>>,
    directives: Directives,
    /// Whether there is a `--@ copy` that could not be read, so that a missing statement is not another mistake.
    wrong_copy: bool,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        while let Some(token) = self.lexer.next() {
            if !token.closed {
                self.recover(token);
                continue;
            }
            if self.statement.is_empty() && self.is_of_fragment(token) {
                continue;
            }
            match token.kind {
                TokenKind::LineComment if self.mark(token).is_some() => self.annotation(token),
                TokenKind::LineComment if self.statement.is_empty() && self.is_line_mark(token) => {
                    let span = self.span(token);
                    self.report(marks::stray(span));
                }
                TokenKind::Blank | TokenKind::LineComment | TokenKind::BlockComment => {
                    if !self.statement.is_empty() {
                        self.statement.push(token);
                    }
                }
                _ if token.is_mark(self.text, ";") => self.end_statement(Some(token)),
                _ => match self.closed_by_accident(token) {
                    Some(literal) => self.recover(literal),
                    None => {
                        self.report_strays();
                        self.statement.push(token);
                    }
                },
            }
        }
        self.finish();
    }

    /// Whether a token outside of statements belongs to the fragment above it.
    fn is_of_fragment(&mut self, token: Token) -> bool {
        let mut found = Vec::new();
        let is_annotation = token.kind == TokenKind::LineComment && self.mark(token).is_some();
        let taken = match is_annotation {
            true => {
                self.fragments.close(&mut found);
                false
            }
            false => self.fragments.take(self.file, self.text, token, &mut found),
        };
        found.into_iter().for_each(|error| self.report(error));
        taken
    }

    /// Whether it is a `--?` mark.
    fn is_line_mark(&self, token: Token) -> bool {
        token.kind == TokenKind::LineComment && marks::is_mark(token.text(self.text))
    }

    fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    fn path_of(&self, header: &Header) -> String {
        format!("{}::{}", self.module.join("::"), header.name.value)
    }

    /// The name of the current query, for messages.
    fn query_path(&self) -> Option<String> {
        self.pending.as_ref()?.header.as_ref().map(|header| self.path_of(header))
    }

    fn report(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.query = diagnostic.query.or_else(|| self.query_path());
        self.diagnostics.report(diagnostic);
    }

    /// NUL cannot be sent to PostgreSQL at all.
    fn check_bytes(&mut self) {
        if let Some(start) = self.text.find('\0') {
            let span = Span { file: self.file, start, end: start + 1 };
            let error = Diagnostic::error(SYNTAX, span, "NUL character in SQL");
            self.report(error.help("remove it"));
        }
    }

    /// Ends the current statement, at its semicolon or where it should have one.
    fn end_statement(&mut self, semicolon: Option<Token>) {
        self.report_strays();
        while let Some(last) = self.statement.last().filter(|token| token.is_gap())
            && !self.is_line_mark(*last)
        {
            self.statement.pop();
        }
        let statement = std::mem::take(&mut self.statement);
        let (Some(first), Some(last)) = (statement.first(), statement.last()) else {
            if let Some(semicolon) = semicolon {
                self.stray_semicolon(semicolon);
            }
            return;
        };
        let span = self.span(*first).to(self.span(*last));
        self.target = Target::Nothing;
        let Some(pending) = self.pending.take() else {
            return self.nameless(span);
        };
        let Some(header) = &pending.header else { return };
        let path = self.path_of(header);
        if let Some(copy) = &pending.directives.copy {
            let message = "this query already has a statement, and `--@ copy` stands for another";
            let help = "remove the statement or the directive; a second query needs its own `--! name` line";
            let first_line = self.text[span.start..span.end].lines().next().map_or(0, str::len);
            let span = Span { end: span.start + first_line, ..span };
            let error = Diagnostic::error(SYNTAX, span, message).help(help);
            return self.diagnostics.report(error.note(copy.span, "this one").query(path));
        }
        let (marks, segments, wrong) = marks::cut(self.file, self.text, &statement, &mut self.fragments);
        wrong.into_iter().for_each(|error| self.diagnostics.report(error.query(path.as_str())));
        let sql = sql::assemble(self.text, span, &segments);
        self.declare(pending, sql, marks);
    }

    /// Adds a query with its statement.
    fn declare(&mut self, pending: Pending, sql: Sql, marks: Marks) {
        let Some(header) = pending.header else { return };
        // The NUL has been reported, and the server would report it again.
        if sql.text.contains('\0') {
            return;
        }
        let (path, diagnostics) = (self.path_of(&header), &mut *self.diagnostics);
        let directives = pending.directives;
        directives.check(&mut |error| diagnostics.report(error.query(path.as_str())));
        let query = QueryDecl {
            module: self.module.to_vec(),
            name: header.name,
            docs: pending.docs,
            attributes: pending.attributes,
            params: None,
            row: None,
            scope: directives.scope.or_else(|| self.file_scope.scope.clone()),
            allows: directives.allows,
            cardinality: directives.cardinality,
            param_types: directives.params,
            tx: directives.tx,
            page: directives.page,
            grants: directives.grants,
            as_json: directives.as_json,
            copy: directives.copy,
            batch: directives.batch,
            shared: directives.shared,
            has_errors: directives.has_errors || self.file_scope.has_errors,
            sql,
            marks,
        };
        self.found.queries.push(Declared { query, params: header.params, row: header.row });
    }

    /// Reports a statement without a `--!` line.
    fn nameless(&mut self, span: Span) {
        self.waiting.clear();
        let first_line = self.text[span.start..span.end].lines().next().map_or(0, str::len);
        let span = Span { end: span.start + first_line, ..span };
        let (message, help) = match self.found.queries.last() {
            Some(last)
                if unclosed::header_line(&self.text[last.query.sql.span.end..span.start]).is_none() =>
            {
                (
                    format!("a second statement under `--! {}`", last.query.name.value),
                    "each query has one statement: give this one its own `--! name` line",
                )
            }
            _ => (
                "this statement has no `--!` line".to_owned(),
                "write `--! name` above it: the name of the function that runs it",
            ),
        };
        self.report(Diagnostic::error(SYNTAX, span, message).help(help));
    }

    fn stray_semicolon(&mut self, semicolon: Token) {
        // Under a `--!` line the query lacks its statement, which is the better message.
        if self.pending.is_some() {
            return self.lacks_statement();
        }
        let span = self.span(semicolon);
        self.report(Diagnostic::error(SYNTAX, span, "no statement before this `;`").help("remove it"));
    }

    /// Reports the current query, if there is one, for having no statement, unless it is a copy.
    fn lacks_statement(&mut self) {
        let path = self.query_path();
        let Some(pending) = self.pending.take() else { return };
        self.target = Target::Nothing;
        if let Some(copy) = &pending.directives.copy {
            let insert = copy.insert();
            return self.declare(pending, insert, Marks::default());
        }
        let Some(header) = pending.header.filter(|_| !pending.wrong_copy) else { return };
        let message = format!("the query `{}` has no statement", header.name.value);
        let help = "write its SQL under the `--!` line, followed by `;`";
        let mut error = Diagnostic::error(SYNTAX, header.name.span, message).help(help);
        error.query = path;
        self.report(error);
    }

    fn finish(&mut self) {
        let mut found = Vec::new();
        self.fragments.close(&mut found);
        // The last statement of a file ends with the file.
        self.end_statement(None);
        self.lacks_statement();
        for (_, span) in std::mem::take(&mut self.waiting) {
            let help = "put it above the `--!` line of its query, or between that line and the SQL";
            self.report(*problem(span, "no query follows this directive", help));
        }
        let params = self.found.queries.iter().flat_map(|declared| &declared.query.sql.params);
        let uses = params.flat_map(|param| param.uses.iter().map(|used| (&*param.name, *used)));
        found.extend(self.fragments.check(uses));
        found.into_iter().for_each(|error| self.report(error));
    }
}
