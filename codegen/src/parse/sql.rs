//! A statement in a query file -> the [`Sql`] that ships: without comments, `:name` as `$n`, otherwise unchanged.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::lex::{Token, TokenKind, continues_name, tokens};
use super::marks::Segment;
use super::{Part, Sql, SqlParam};
use crate::source::{FileId, Span};

/// Makes a statement of its segments, which begin and end with a token that is no gap, where they are not cut within one.
pub(super) fn assemble(source: &str, span: Span, segments: &[Segment]) -> Sql {
    let file = span.file;
    let mut builder = Builder {
        source,
        file,
        text: String::new(),
        pieces: Vec::new(),
        next: None,
        params: Vec::new(),
        numbers: HashMap::new(),
        parts: Vec::new(),
    };
    let mut previous = None;
    for segment in segments {
        builder.part(segment);
        for run in segment.tokens.chunk_by(|a, b| a.is_gap() && b.is_gap()) {
            match run {
                [token] if !token.is_gap() => {
                    match token.kind {
                        TokenKind::Bind => builder.bind(*token),
                        _ => builder.copy(token.start..token.end),
                    }
                    previous = Some(*token);
                }
                gap => builder.gap(gap, previous),
            }
        }
    }
    Sql { text: builder.text, span, params: builder.params, pieces: builder.pieces, parts: builder.parts }
}

/// The tokens of a statement with their spans in the file.
#[derive(Debug, Clone)]
pub struct TokenSpans<'s> {
    sql: &'s Sql,
    tokens: Vec<Token>,
}

impl<'s> TokenSpans<'s> {
    /// Reads the text of a statement.
    pub fn of(sql: &'s Sql) -> Self {
        TokenSpans { sql, tokens: tokens(&sql.text).collect() }
    }

    /// See [`Sql::token_span`].
    pub fn at(&self, text_offset: usize) -> Span {
        let sql = self.sql;
        let index = self.tokens.partition_point(|token| token.end <= text_offset);
        let Some(token) = self.tokens.get(index).or(self.tokens.last()) else { return sql.span };
        let start = sql.file_offset(token.start);
        let number = match token.kind {
            TokenKind::Param => sql.text[token.start + 1..token.end].parse::<usize>().ok(),
            _ => None,
        };
        let param = number.and_then(|number| sql.params.get(number.checked_sub(1)?));
        let used = param.and_then(|param| {
            let index = param.uses.binary_search_by_key(&start, |used| used.start).ok()?;
            param.uses.get(index).copied()
        });
        used.unwrap_or(Span { file: sql.file(), start, end: sql.file_offset(token.end - 1) + 1 })
    }
}

struct Builder<'a> {
    source: &'a str,
    file: FileId,
    text: String,
    pieces: Vec<(usize, usize)>,
    /// The position in the file that the next byte comes from, if the piece under way goes on.
    next: Option<usize>,
    params: Vec<SqlParam>,
    numbers: HashMap<&'a str, usize>,
    parts: Vec<Part>,
}

impl<'a> Builder<'a> {
    /// What comes next is a part of its own, and pieces do not reach over its start.
    fn part(&mut self, segment: &Segment) {
        self.next = None;
        self.parts.push(Part { start: self.text.len(), when: segment.when, params: BTreeSet::new() });
    }

    fn copy(&mut self, range: Range<usize>) {
        if self.next != Some(range.start) {
            self.pieces.push((self.text.len(), range.start));
        }
        self.text.push_str(&self.source[range.clone()]);
        self.next = Some(range.end);
    }

    /// Writes something that stands for the text of the file at `at`.
    fn replace(&mut self, at: usize, with: &str) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(with);
        self.next = None;
    }

    fn bind(&mut self, token: Token) {
        // `select:a` is two tokens, `select$1` would be one.
        if self.text.bytes().last().is_some_and(|byte| continues_name(byte) || byte == b'$') {
            self.replace(token.start, " ");
        }
        let source = self.source;
        let name: &'a str = &token.text(source)[1..];
        let params = &mut self.params;
        let number = *self.numbers.entry(name).or_insert_with(|| {
            params.push(SqlParam { name: name.to_owned(), uses: Vec::new() });
            params.len()
        });
        let span = Span { file: self.file, start: token.start, end: token.end };
        self.params[number - 1].uses.push(span);
        if let Some(part) = self.parts.last_mut() {
            part.params.insert(number - 1);
        }
        self.replace(token.start, &format!("${number}"));
    }

    /// Copies the blank space between two tokens and leaves the comments out; a line that has nothing else goes
    /// with its comment. A line end stays where there was one outside a comment, since it matters between
    /// two quotes; and some blank stays in any case, since it keeps tokens apart.
    fn gap(&mut self, gap: &[Token], previous: Option<Token>) {
        let start = gap[0].start;
        let end = gap[gap.len() - 1].end;
        let commented = gap.iter().any(|token| token.kind != TokenKind::Blank);
        if !commented || self.comment_holds_strings_apart(gap, previous, end) {
            // One by one: between two lines of a fragment stand dashes.
            return gap.iter().for_each(|token| self.copy(token.start..token.end));
        }
        let before = self.text.len();
        let parts = self.parts(gap);
        for (index, line) in parts.chunk_by(|a, _| a.kind != PartKind::LineEnd).enumerate() {
            let commented = line.iter().any(|part| part.kind == PartKind::Comment);
            let keep = match line {
                _ if !commented => line,
                [.., line_end] if line_end.kind == PartKind::LineEnd && index == 0 => {
                    std::slice::from_ref(line_end)
                }
                [.., line_end] if line_end.kind == PartKind::LineEnd => &[],
                [blank, ..] if blank.kind == PartKind::Blank => std::slice::from_ref(blank),
                _ => &[],
            };
            for part in keep {
                self.copy(part.start..part.end);
            }
        }
        if self.text.len() == before {
            self.replace(start, " ");
        }
    }

    /// `'a' /* */` and `'b'` on the next line: without the comment the second would continue the first.
    fn comment_holds_strings_apart(&self, gap: &[Token], previous: Option<Token>, end: usize) -> bool {
        previous.is_some_and(|previous| previous.kind == TokenKind::String)
            && self.source[end..].starts_with('\'')
            && gap.iter().any(|token| token.kind == TokenKind::BlockComment)
    }

    /// The gap with its line ends as parts of their own.
    fn parts(&self, gap: &[Token]) -> Vec<GapPart> {
        let mut parts = Vec::new();
        for token in gap {
            if token.kind != TokenKind::Blank {
                parts.push(GapPart { kind: PartKind::Comment, start: token.start, end: token.end });
                continue;
            }
            let mut at = token.start;
            for piece in token.text(self.source).split_inclusive(['\n', '\r']) {
                let blank = piece.trim_end_matches(['\n', '\r']).len();
                if blank > 0 {
                    parts.push(GapPart { kind: PartKind::Blank, start: at, end: at + blank });
                }
                let (start, end) = (at + blank, at + piece.len());
                match parts.last_mut() {
                    Some(carriage_return) if piece == "\n" && self.source[..at].ends_with('\r') => {
                        carriage_return.end = end;
                    }
                    _ if start < end => parts.push(GapPart { kind: PartKind::LineEnd, start, end }),
                    _ => (),
                }
                at = end;
            }
        }
        parts
    }
}

struct GapPart {
    kind: PartKind,
    start: usize,
    end: usize,
}

#[derive(PartialEq)]
enum PartKind {
    Blank,
    LineEnd,
    Comment,
}
