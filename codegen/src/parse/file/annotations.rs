//! Parses one annotation line and assigns it to its query or type.

use super::{Pending, Reader, SYNTAX, Target};
use crate::diagnostics::Diagnostic;
use crate::parse::attribute::attribute;
use crate::parse::directive::{Directive, Directives, directive, nearest_directive};
use crate::parse::header::{header, type_declaration};
use crate::parse::lex::Token;
use crate::parse::line::{Line, problem};
use crate::source::Span;

impl Reader<'_> {
    /// The third character of an annotation's comment.
    pub(super) fn mark(&self, comment: Token) -> Option<u8> {
        let mark = *comment.text(self.text).as_bytes().get(2)?;
        match mark {
            b'!' | b'@' | b':' | b'#' | b'&' => Some(mark),
            // Under a `--!` line `---` is documentation; anywhere else it is decoration.
            b'-' if self.pending.is_some() && self.statement.is_empty() => Some(mark),
            _ => None,
        }
    }

    pub(super) fn annotation(&mut self, token: Token) {
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
            wrong_copy: false,
        });
        self.target = Target::Query;
        if std::mem::take(&mut self.waiting_misread) {
            self.has_errors(None);
        }
        for (directive, span) in std::mem::take(&mut self.waiting) {
            self.add(directive, span);
        }
    }

    fn directive(&mut self, mut line: Line, span: Span) {
        let nearest_directive = nearest_directive(&line);
        match directive(&mut line, span) {
            Err(error) => {
                self.report(*error);
                self.has_errors(nearest_directive);
            }
            Ok(Directive::Fragment(name)) if self.pending.is_none() => {
                if let Some(error) = self.fragments.begin(name) {
                    self.report(error);
                }
            }
            Ok(directive) if self.pending.is_some() => self.add(directive, span),
            Ok(scope @ Directive::Scope(_)) if !self.query_seen => {
                if let Err(error) = self.file_scope.add(scope, span) {
                    let help = "above the first query it applies to the whole file; put the scope of one query under its `--!` line";
                    self.report(error.help(help));
                }
            }
            Ok(directive) => self.waiting.push((directive, span)),
        }
    }

    /// Records a directive that could not be read, to avoid a second message for the same mistake.
    fn has_errors(&mut self, nearest_directive: Option<&str>) {
        let is_of_proof = matches!(nearest_directive, None | Some("scope" | "allow"));
        match &mut self.pending {
            Some(pending) => {
                pending.wrong_copy |= nearest_directive == Some("copy");
                pending.directives.has_errors |= is_of_proof;
            }
            None if !self.query_seen && nearest_directive != Some("allow") => {
                self.file_scope.has_errors |= is_of_proof
            }
            None => self.waiting_misread |= is_of_proof,
        }
    }

    /// Adds a directive to the current query.
    fn add(&mut self, directive: Directive, span: Span) {
        let Some(pending) = &mut self.pending else { return };
        if let Err(error) = pending.directives.add(directive, span) {
            self.report(*error);
        }
    }

    fn doc(&mut self, line: Line) {
        let Some(pending) = &mut self.pending else { return };
        let text = line.text();
        // A line of dashes is decoration.
        if text.is_empty() || !text.trim_matches('-').is_empty() {
            pending.docs.push(text.strip_prefix(' ').unwrap_or(text).to_owned());
        }
    }

    /// `--#`, and `--&`, which is about the borrowed structs that cornucopia generates and sqlward does not.
    fn attribute(&mut self, mut line: Line, span: Span) {
        let borrowed = self.text[span.start..].starts_with("--&");
        let attribute = match attribute(&mut line, span) {
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
                self.report(*problem(span, "this attribute does not belong to a query or a type", help));
            }
        }
    }

    /// Whether a token is the first on its line.
    fn starts_line(&self, token: Token) -> bool {
        let before = &self.text[..token.start];
        let line = before.rfind(['\n', '\r']).map_or(before, |end| &before[end + 1..]);
        line.trim_start_matches('\u{feff}').trim().is_empty()
    }

    /// A `--!` line inside the current statement.
    fn missing_semicolon(&mut self, next: Token) {
        let strays = std::mem::take(&mut self.strays);
        let last = self.statement.iter().rev().find(|token| !token.is_gap()).copied();
        if let Some(last) = last {
            let message = "missing `;` at the end of the statement";
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

    /// The statement goes on after annotation lines, which are therefore misplaced.
    pub(super) fn report_strays(&mut self) {
        for stray in std::mem::take(&mut self.strays) {
            let help = "move it above the statement, or write `-- ` for a plain comment; if a new query starts here, the \
             statement above needs a `;`";
            let span = Span { end: stray.end.min(stray.start + 3), ..self.span(stray) };
            self.report(*problem(span, "annotation inside a statement", help));
        }
    }
}
