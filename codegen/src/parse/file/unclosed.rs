//! Recovery from unterminated comments, strings and quoted names.

use super::{Reader, SYNTAX, Target};
use crate::diagnostics::Diagnostic;
use crate::parse::lex::{Lexer, Token, TokenKind};
use crate::parse::line::shorten;
use crate::source::Span;

/// The maximum number of such mistakes in a file; each takes a scan to its end.
const MAX_UNCLOSED: usize = 20;

impl Reader<'_> {
    /// The literal directly before a token, if the quote that closes it was meant to open another one: then the literal contains
    /// a `--!` line, and the text of the other one follows without a gap.
    pub(super) fn closed_by_accident(&self, token: Token) -> Option<Token> {
        let literal = *self.statement.last()?;
        let follows = matches!(token.kind, TokenKind::Word | TokenKind::Number) && literal.end == token.start;
        (follows && swallows_header(self.text, literal)).then_some(literal)
    }

    /// Reports something that is not closed. Reading goes on at the next `--!` line.
    pub(super) fn recover(&mut self, unclosed: Token) {
        // A missing quote may be supplied by the next one, in a later query, so that the last literal of the file stays open.
        // The mistake is where a literal first contains a `--!` line.
        let culprit = self.statement.iter().find(|token| swallows_header(self.text, **token));
        let culprit = culprit.copied().unwrap_or(unclosed);
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
        let error = Diagnostic::error(SYNTAX, span, format!("unterminated {what}")).help(help);
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
}

/// Whether a literal contains a `--!` line.
fn swallows_header(text: &str, token: Token) -> bool {
    matches!(token.kind, TokenKind::String | TokenKind::DollarString | TokenKind::QuotedName)
        && header_line(token.text(text)).is_some()
}

/// The position of the first line that begins with `--!`, not counting the line of the first byte.
pub(super) fn header_line(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive(['\n', '\r']).find_map(|line| {
        let start = at;
        at += line.len();
        (start > 0 && line.trim_start().starts_with("--!")).then_some(start)
    })
}
