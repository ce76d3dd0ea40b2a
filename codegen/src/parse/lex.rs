//! SQL tokens, cut where PostgreSQL's own scanner cuts them (`standard_conforming_strings` on), plus `:name`.
//!
//! Any text can be read: a character that is not SQL becomes [`TokenKind::Other`], a literal that is not closed reaches to
//! the end of the text, and the time is linear in the length of the text.
//!
//! A colon directly before a letter or `_` starts a parameter, with these exceptions, where it is the colon
//! of an array slice or of `json_object(key: value)`:
//!
//! - directly after a string, a number, a quoted name or another parameter, where no parameter can follow;
//! - inside square brackets, directly after a word, `)` or `]`, so that `a[i:n]` is a slice between two columns.
//!
//! A blank makes it unambiguous: `a[1 :n]` has a parameter and no slice, `a[1: :n]` a slice up to one. `::` is a cast and
//! `:=` names an argument, as everywhere in PostgreSQL.

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Spaces, tabs, line ends.
    Blank,
    /// `-- ...`, without the line end.
    LineComment,
    /// `/* ... */`, nested ones included.
    BlockComment,
    /// A keyword or an unquoted name.
    Word,
    /// `"name"`, `U&"name"`.
    QuotedName,
    /// `'...'`, with `E`, `B`, `X`, `N` or `U&` before it. A continuation on a further line is a token of its own.
    String,
    /// `$$...$$`, `$tag$...$tag$`.
    DollarString,
    /// A number, with letters directly after it.
    Number,
    /// `:name`.
    Bind,
    /// `$1`.
    Param,
    /// `<=`, `->>`, `::`, `:=`, ...
    Operator,
    /// One of `( ) [ ] , ; . :`.
    Punctuation,
    /// A character that has no meaning in SQL.
    Other,
}

/// A piece of text. Tokens follow each other without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// False for a comment, string or quoted name that is not closed before the end of the text.
    pub closed: bool,
}

impl Token {
    /// Its text, given the text that it was read from.
    pub fn text(self, source: &str) -> &str {
        &source[self.start..self.end]
    }

    /// Whether it is white space or a comment.
    pub fn is_gap(self) -> bool {
        matches!(self.kind, TokenKind::Blank | TokenKind::LineComment | TokenKind::BlockComment)
    }

    /// Whether it is that keyword, in any case, unquoted.
    pub fn is_word(self, source: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(source).eq_ignore_ascii_case(word)
    }

    /// Whether it is that punctuation character.
    pub fn is_mark(self, source: &str, mark: &str) -> bool {
        self.kind == TokenKind::Punctuation && self.text(source) == mark
    }
}

/// The tokens of a text without white space and comments.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    Lexer::new(text, 0).filter(|token| !token.is_gap())
}

/// All tokens of a text from a position on, with white space and comments.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The last token that is not a gap.
    previous: Option<Token>,
    /// The open brackets.
    open: Vec<u8>,
    /// After a string: a quote on a following line continues it.
    continues: Option<Continuation>,
    /// Up to this position every `+` and `-` is an operator by itself.
    signs_until: usize,
}

#[derive(Debug, Clone, Copy)]
struct Continuation {
    escapes: bool,
    line_end_seen: bool,
}

impl<'a> Lexer<'a> {
    /// Reads from that position, which must not be inside a token.
    pub fn new(text: &'a str, at: usize) -> Self {
        Lexer { text, at, previous: None, open: Vec::new(), continues: None, signs_until: 0 }
    }

    /// The byte at a distance from the current position.
    fn peek(&self, distance: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + distance).copied()
    }

    /// The first position from `start` on whose byte does not meet the condition.
    fn run(&self, start: usize, condition: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes();
        start + bytes[start.min(bytes.len())..].iter().take_while(|byte| condition(**byte)).count()
    }

    /// The kind and the end of the token at the current position, and whether it is closed.
    fn scan(&mut self, first: u8) -> (TokenKind, usize, bool) {
        let (at, second) = (self.at, self.peek(1));
        let closed = |kind, end| (kind, end, true);
        match first {
            _ if is_blank(first) => closed(TokenKind::Blank, self.run(at, is_blank)),
            b'-' if second == Some(b'-') => {
                closed(TokenKind::LineComment, self.run(at, |byte| byte != b'\n' && byte != b'\r'))
            }
            b'/' if second == Some(b'*') => self.block_comment(),
            b'\'' => self.string(at + 1, self.continued_escapes()),
            b'e' | b'E' if second == Some(b'\'') => self.string(at + 2, true),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if second == Some(b'\'') => self.string(at + 2, false),
            b'u' | b'U' if second == Some(b'&') && self.peek(2) == Some(b'\'') => self.string(at + 3, false),
            b'u' | b'U' if second == Some(b'&') && self.peek(2) == Some(b'"') => self.quoted_name(at + 3),
            b'"' => self.quoted_name(at + 1),
            _ if starts_name(first) => {
                closed(TokenKind::Word, self.run(at, |byte| continues_name(byte) || byte == b'$'))
            }
            b'0'..=b'9' => closed(TokenKind::Number, self.number()),
            b'.' if second.is_some_and(|byte| byte.is_ascii_digit()) => {
                closed(TokenKind::Number, self.number())
            }
            b'.' if second == Some(b'.') => closed(TokenKind::Operator, at + 2),
            b'$' => self.dollar(),
            b':' if matches!(second, Some(b':' | b'=')) => closed(TokenKind::Operator, at + 2),
            b':' if second.is_some_and(starts_name) && !self.after_operand() => {
                closed(TokenKind::Bind, self.run(at + 1, |byte| continues_name(byte) || byte == b'$'))
            }
            b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b':' => closed(TokenKind::Punctuation, at + 1),
            _ if is_operator(first) => closed(TokenKind::Operator, self.operator()),
            _ => closed(TokenKind::Other, at + 1),
        }
    }

    fn block_comment(&self) -> (TokenKind, usize, bool) {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.at + 2, 1usize);
        while at + 1 < bytes.len() {
            match &bytes[at..at + 2] {
                b"/*" => depth += 1,
                b"*/" => depth -= 1,
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
            if depth == 0 {
                return (TokenKind::BlockComment, at, true);
            }
        }
        (TokenKind::BlockComment, bytes.len(), false)
    }

    /// Whether a quote here continues a string with backslash escapes.
    fn continued_escapes(&self) -> bool {
        self.continues.is_some_and(|string| string.escapes && string.line_end_seen)
    }

    /// A string whose content starts at `start`.
    fn string(&mut self, start: usize, escapes: bool) -> (TokenKind, usize, bool) {
        let (end, closed) = self.quoted(start, b'\'', escapes);
        self.continues = Some(Continuation { escapes, line_end_seen: false });
        (TokenKind::String, end, closed)
    }

    fn quoted_name(&self, start: usize) -> (TokenKind, usize, bool) {
        let (end, closed) = self.quoted(start, b'"', false);
        (TokenKind::QuotedName, end, closed)
    }

    /// The end of a quoted text whose content starts at `start`, and whether it is closed. A doubled quote does not close it.
    fn quoted(&self, start: usize, quote: u8, escapes: bool) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if escapes => at += 2,
                byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
                byte if byte == quote => return (at + 1, true),
                _ => at += 1,
            }
        }
        (bytes.len(), false)
    }

    fn number(&self) -> usize {
        let bytes = self.text.as_bytes();
        let digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        let mut end = self.run(self.at, digit);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
            end = self.run(end + 1, digit);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                end = self.run(end + 1 + sign, digit);
            }
        }
        self.run(end, continues_name)
    }

    /// `$1`, a dollar-quoted string, or a lone dollar sign.
    fn dollar(&self) -> (TokenKind, usize, bool) {
        if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            return (TokenKind::Param, self.run(self.at + 1, continues_name), true);
        }
        let tag_end = match self.peek(1) {
            Some(byte) if starts_name(byte) => self.run(self.at + 1, continues_name),
            _ => self.at + 1,
        };
        if self.text.as_bytes().get(tag_end) != Some(&b'$') {
            return (TokenKind::Other, self.at + 1, true);
        }
        let (tag, inside) = (&self.text[self.at..=tag_end], tag_end + 1);
        match self.text[inside..].find(tag) {
            Some(length) => (TokenKind::DollarString, inside + length + tag.len(), true),
            None => (TokenKind::DollarString, self.text.len(), false),
        }
    }

    /// The end of an operator: it stops before a comment, and ends in `+` or `-` only if it contains a character that no
    /// operator of the SQL standard has.
    fn operator(&mut self) -> usize {
        if self.at < self.signs_until {
            return self.at + 1;
        }
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while end < bytes.len()
            && is_operator(bytes[end])
            && !bytes[end..].starts_with(b"--")
            && !bytes[end..].starts_with(b"/*")
        {
            end += 1;
        }
        let run = &bytes[self.at..end];
        if run.iter().any(|byte| b"~!@#^&|`?%".contains(byte)) {
            return end;
        }
        match run.iter().rposition(|byte| *byte != b'+' && *byte != b'-') {
            Some(last) => self.at + last + 1,
            None => {
                self.signs_until = end;
                self.at + 1
            }
        }
    }

    /// Whether a colon here directly follows a value, so that it cannot start a parameter.
    fn after_operand(&self) -> bool {
        let Some(previous) = self.previous.filter(|previous| previous.end == self.at) else { return false };
        match previous.kind {
            TokenKind::String
            | TokenKind::DollarString
            | TokenKind::Number
            | TokenKind::QuotedName
            | TokenKind::Bind
            | TokenKind::Param => true,
            TokenKind::Word => self.open.last() == Some(&b'['),
            TokenKind::Punctuation => {
                self.open.last() == Some(&b'[') && matches!(previous.text(self.text), ")" | "]")
            }
            TokenKind::Operator
            | TokenKind::Other
            | TokenKind::Blank
            | TokenKind::LineComment
            | TokenKind::BlockComment => false,
        }
    }

    /// Updates the state that later tokens depend on.
    fn remember(&mut self, token: Token) {
        match token.kind {
            TokenKind::Blank => {
                if let Some(string) = &mut self.continues {
                    string.line_end_seen |= token.text(self.text).contains(['\n', '\r']);
                }
            }
            TokenKind::LineComment | TokenKind::String => (),
            TokenKind::BlockComment
            | TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::DollarString
            | TokenKind::Number
            | TokenKind::Bind
            | TokenKind::Param
            | TokenKind::Operator
            | TokenKind::Punctuation
            | TokenKind::Other => self.continues = None,
        }
        if token.kind == TokenKind::Punctuation {
            match token.text(self.text) {
                "(" => self.open.push(b'('),
                "[" => self.open.push(b'['),
                ")" => drop(self.open.pop_if(|open| *open == b'(')),
                "]" => drop(self.open.pop_if(|open| *open == b'[')),
                ";" => self.open.clear(),
                _ => (),
            }
        }
        if !token.is_gap() {
            self.previous = Some(token);
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let first = self.peek(0)?;
        let (kind, end, closed) = self.scan(first);
        let token = Token { kind, start: self.at, end, closed };
        self.remember(token);
        self.at = end;
        Some(token)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Every byte of a character outside ASCII counts as a letter, as in PostgreSQL.
fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether a byte can continue a name. `$` can too, except in the tag of a dollar quote.
pub(super) fn continues_name(byte: u8) -> bool {
    starts_name(byte) || byte.is_ascii_digit()
}

fn is_operator(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}
