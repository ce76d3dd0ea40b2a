//! One query file: which annotation and which token belongs to which query.

use super::directive::{Directive, Directives, directive};
use super::header::{Header, Shape, header, type_declaration};
use super::lex::{Lexer, Token, TokenKind};
use super::line::{Line, problem, shorten};
use super::{QueryDecl, StructDecl, attribute, sql};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span, Spanned};

/// The rule of SQL that cannot be read, or does not stand where SQL can.
const SYNTAX: &str = "syntax";

/// After that many unclosed comments and quotes the rest of a file is left alone: each is looked for up to the
/// end of the file.
const MAX_UNCLOSED: usize = 20;

/// What one file declares.
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
    // A byte order mark is no part of the text.
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
        target: Target::Nothing,
        pending: None,
        statement: Vec::new(),
        strays: Vec::new(),
        query_seen: false,
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
    /// `--@` lines whose `--!` line is still to come.
    waiting: Vec<(Directive, Span)>,
    target: Target,
    /// The query whose statement is still to come or under way.
    pending: Option<Pending>,
    /// The tokens of the statement under way.
    statement: Vec<Token>,
    /// Annotation lines met inside the statement under way. If a `--!` line follows, the statement only lacks its
    /// semicolon; if more of the statement follows, they are lost in it.
    strays: Vec<Token>,
    /// Whether a `--!` line was met, so that `--@ scope` no longer speaks for the file.
    query_seen: bool,
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
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        while let Some(token) = self.lexer.next() {
            if !token.closed {
                self.recover(token);
                continue;
            }
            match token.kind {
                TokenKind::LineComment if self.mark(token).is_some() => self.annotation(token),
                TokenKind::Blank | TokenKind::LineComment | TokenKind::BlockComment => {
                    if !self.statement.is_empty() {
                        self.statement.push(token);
                    }
                }
                _ if token.is_mark(self.text, ";") => self.end_statement(Some(token)),
                _ => {
                    self.report_strays();
                    self.statement.push(token);
                }
            }
        }
        self.finish();
    }

    fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    fn path_of(&self, header: &Header) -> String {
        format!("{}::{}", self.module.join("::"), header.name.value)
    }

    /// The name of the query under way, for messages.
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
            let help = "remove it; a text file in UTF-16 is full of them: save it as UTF-8";
            self.report(Diagnostic::error(SYNTAX, span, "a NUL character cannot stand in SQL").help(help));
        }
    }

    /// The third character of a comment that is an annotation.
    fn mark(&self, comment: Token) -> Option<u8> {
        let mark = *comment.text(self.text).as_bytes().get(2)?;
        match mark {
            b'!' | b'@' | b':' | b'#' | b'&' => Some(mark),
            // Under a `--!` line `---` is documentation; anywhere else it is an ornament.
            b'-' if self.pending.is_some() && self.statement.is_empty() => Some(mark),
            _ => None,
        }
    }

    fn annotation(&mut self, token: Token) {
        if !self.statement.is_empty() {
            if self.mark(token) != Some(b'!') || !self.starts_line(token) {
                self.strays.push(token);
                self.statement.push(token);
                return;
            }
            self.missing_semicolon(token);
        }
        self.read_annotation(token);
    }

    fn read_annotation(&mut self, token: Token) {
        let mut line = Line::new(self.file, self.text, token.start + 3, token.end);
        let span = line.span_from(token.start);
        match self.mark(token) {
            Some(b'!') => self.header(line),
            Some(b'@') => self.directive(line, span),
            Some(b':') => match type_declaration(&mut line) {
                Ok(declaration) => {
                    self.found.types.push(declaration);
                    self.target = Target::Type;
                }
                Err(error) => {
                    self.target = Target::Nothing;
                    self.report(*error);
                }
            },
            Some(b'-') => self.doc(line),
            _ => self.attribute(line, span),
        }
    }

    fn header(&mut self, mut line: Line) {
        self.lacks_statement();
        self.query_seen = true;
        let header = header(&mut line).map_err(|error| self.diagnostics.report(*error)).ok();
        self.pending = Some(Pending {
            header,
            docs: Vec::new(),
            attributes: Vec::new(),
            directives: Directives::default(),
        });
        self.target = Target::Query;
        for (directive, span) in std::mem::take(&mut self.waiting) {
            self.add(directive, span);
        }
    }

    fn directive(&mut self, mut line: Line, span: Span) {
        match directive(&mut line, span) {
            Err(error) => self.report(*error),
            Ok(directive) if self.pending.is_some() => self.add(directive, span),
            Ok(scope @ Directive::Scope(_)) if !self.query_seen => {
                if let Err(error) = self.file_scope.add(scope, span) {
                    let help = "before the first query it holds for the whole file; a query's own scope stands \
                                under its `--!` line";
                    self.report(error.help(help));
                }
            }
            Ok(directive) => self.waiting.push((directive, span)),
        }
    }

    /// Adds a directive to the query under way.
    fn add(&mut self, directive: Directive, span: Span) {
        let Some(pending) = &mut self.pending else { return };
        if let Err(error) = pending.directives.add(directive, span) {
            self.report(*error);
        }
    }

    fn doc(&mut self, line: Line) {
        let Some(pending) = &mut self.pending else { return };
        let text = line.text();
        // A line of dashes is an ornament.
        if text.is_empty() || !text.trim_matches('-').is_empty() {
            pending.docs.push(text.strip_prefix(' ').unwrap_or(text).to_owned());
        }
    }

    /// `--#`, and `--&`, which is for the borrowed structs that cornucopia generates and we do not.
    fn attribute(&mut self, mut line: Line, span: Span) {
        let borrowed = self.text[span.start..].starts_with("--&");
        let attribute = match attribute::attribute(&mut line, span) {
            Ok(attribute) => attribute,
            Err(error) => return self.report(*error),
        };
        let list = match (&self.target, &mut self.pending) {
            (Target::Type, _) => self.found.types.last_mut().map(|declaration| &mut declaration.attributes),
            (Target::Query, Some(pending)) => Some(&mut pending.attributes),
            (Target::Query | Target::Nothing, _) => None,
        };
        match list {
            Some(list) if !borrowed => list.push(attribute),
            Some(_) => (),
            None => {
                let help = "put it directly under a `--!` or `--:` line, or write `-- ` for a plain comment";
                self.report(*problem(span, "this attribute belongs to no query and to no type", help));
            }
        }
    }

    /// Whether only blanks stand before a token on its line.
    fn starts_line(&self, token: Token) -> bool {
        let before = &self.text[..token.start];
        let line = before.rfind(['\n', '\r']).map_or(before, |end| &before[end + 1..]);
        line.trim_start_matches('\u{feff}').trim().is_empty()
    }

    /// A `--!` line inside the statement under way.
    fn missing_semicolon(&mut self, next: Token) {
        let strays = std::mem::take(&mut self.strays);
        let last = self.statement.iter().rev().find(|token| !token.is_gap()).copied();
        if let Some(last) = last {
            let message = "the statement lacks its `;`";
            let help = "end the statement with a semicolon before the next `--!` line";
            let next = self.span(next);
            let error = Diagnostic::error(SYNTAX, self.span(last), message).help(help);
            self.report(error.note(next, "the next query starts here"));
        }
        self.end_statement(None);
        for stray in strays {
            self.read_annotation(stray);
        }
    }

    /// The statement goes on after annotation lines: they are lost in it.
    fn report_strays(&mut self) {
        for stray in std::mem::take(&mut self.strays) {
            let help = "put it above the statement, or write `-- ` for a plain comment; if a new query starts \
                        here, the statement above lacks its `;`";
            let span = Span { end: stray.end.min(stray.start + 3), ..self.span(stray) };
            self.report(*problem(span, "an annotation cannot stand inside a statement", help));
        }
    }

    /// The end of the statement under way: at its semicolon, or where it should have had one.
    fn end_statement(&mut self, semicolon: Option<Token>) {
        self.report_strays();
        while self.statement.pop_if(|token| token.is_gap()).is_some() {}
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
        let Some(header) = pending.header else { return };
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
            sql: sql::assemble(self.file, self.text, &statement),
        };
        self.found.queries.push(Declared { query, params: header.params, row: header.row });
    }

    /// A statement without a `--!` line.
    fn nameless(&mut self, span: Span) {
        self.waiting.clear();
        let first_line = self.text[span.start..span.end].lines().next().map_or(0, str::len);
        let span = Span { end: span.start + first_line, ..span };
        let (message, help) = match self.found.queries.last() {
            Some(last) if !self.header_since(last.query.sql.span.end, span.start) => (
                format!("a second statement under `--! {}`", last.query.name.value),
                "one `--!` line has one statement: give this one a `--! name` line of its own",
            ),
            _ => (
                "this statement has no `--!` line".to_owned(),
                "write `--! name` above it: the name of the function that runs it",
            ),
        };
        self.report(Diagnostic::error(SYNTAX, span, message).help(help));
    }

    fn header_since(&self, start: usize, end: usize) -> bool {
        header_line(&self.text[start..end]).is_some()
    }

    fn stray_semicolon(&mut self, semicolon: Token) {
        // With a `--!` line above, the query lacks its statement, and that is what is said of it.
        if self.pending.is_some() {
            return self.lacks_statement();
        }
        let span = self.span(semicolon);
        self.report(
            Diagnostic::error(SYNTAX, span, "there is no statement before this `;`").help("remove it"),
        );
    }

    /// Reports the query under way, if there is one, for having no statement.
    fn lacks_statement(&mut self) {
        let path = self.query_path();
        let Some(pending) = self.pending.take() else { return };
        self.target = Target::Nothing;
        let Some(header) = pending.header else { return };
        let message = format!("the query `{}` has no statement", header.name.value);
        let help = "write its SQL under the `--!` line, and a `;` after it";
        let mut error = Diagnostic::error(SYNTAX, header.name.span, message).help(help);
        error.query = path;
        self.report(error);
    }

    /// Something is not closed before the end of the file. Reading goes on at the next `--!` line.
    fn recover(&mut self, unclosed: Token) {
        // A forgotten quote is often closed by the next one, somewhere in a later query, and then another quote
        // stays open at the end: the mistake is where a `--!` line was first swallowed.
        let literal = |token: &&Token| {
            matches!(token.kind, TokenKind::String | TokenKind::DollarString | TokenKind::QuotedName)
        };
        let swallows = |token: &&Token| header_line(token.text(self.text)).is_some();
        let culprit = self.statement.iter().filter(literal).find(swallows).copied().unwrap_or(unclosed);
        let text = culprit.text(self.text);
        let (what, closing, opening) = match culprit.kind {
            TokenKind::BlockComment => ("comment", "*/", 2),
            TokenKind::QuotedName => ("quoted name", "\"", text.find('"').map_or(1, |quote| quote + 1)),
            TokenKind::DollarString => {
                let tag = text[1..].find('$').map_or(1, |end| end + 2);
                ("dollar-quoted string", &text[..tag], tag)
            }
            _ => ("string", "'", text.find('\'').map_or(1, |quote| quote + 1)),
        };
        let help = format!("close it with `{}`", shorten(closing));
        let span = Span { file: self.file, start: culprit.start, end: culprit.start + opening };
        let error = Diagnostic::error(SYNTAX, span, format!("this {what} is not closed")).help(help);
        self.report(error);

        self.statement.clear();
        self.strays.clear();
        self.pending = None;
        self.target = Target::Nothing;
        self.unclosed += 1;
        let next = match self.unclosed < MAX_UNCLOSED {
            true => header_line(&self.text[span.end..]).map(|at| span.end + at),
            false => None,
        };
        self.lexer = Lexer::new(self.text, next.unwrap_or(self.text.len()));
    }

    fn finish(&mut self) {
        // The last statement of a file ends with the file, semicolon or not: nothing else can follow.
        self.end_statement(None);
        self.lacks_statement();
        for (_, span) in std::mem::take(&mut self.waiting) {
            let help =
                "a `--@` line stands above the `--!` line of its query, or between that line and the SQL";
            self.report(*problem(span, "no query follows this directive", help));
        }
    }
}

/// Where the first line starts that has a `--!` at its start, the line of the first byte left out.
fn header_line(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive(['\n', '\r']).find_map(|line| {
        let start = at;
        at += line.len();
        (start > 0 && line.trim_start().starts_with("--!")).then_some(start)
    })
}
