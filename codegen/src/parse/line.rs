//! A cursor over one annotation line, for the parsers of annotations.

use super::SqlName;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span, Spanned};

/// The rule of mistakes in annotations.
pub(super) const ANNOTATION: &str = "annotation";

/// The unread rest of an annotation line.
pub(super) struct Line<'a> {
    file: FileId,
    source: &'a str,
    at: usize,
    end: usize,
}

/// The result of reading, or the mistake.
pub(super) type Parsed<T> = std::result::Result<T, Box<Diagnostic>>;

impl<'a> Line<'a> {
    /// A line whose text runs from `at` to `end`.
    pub fn new(file: FileId, source: &'a str, at: usize, end: usize) -> Self {
        Line { file, source, at, end: at + source[at..end].trim_end().len() }
    }

    /// The rest of the line.
    pub fn text(&self) -> &'a str {
        &self.source[self.at..self.end]
    }

    /// From a position in the file to the end of the line.
    pub fn span_from(&self, start: usize) -> Span {
        Span { file: self.file, start, end: self.end }
    }

    fn advance(&mut self, length: usize) -> Spanned<&'a str> {
        let span = Span { file: self.file, start: self.at, end: self.at + length };
        let value = &self.text()[..length];
        self.at += length;
        Spanned { value, span }
    }

    fn skip_blanks(&mut self) {
        self.at = self.end - self.text().trim_start().len();
    }

    /// Takes `mark` if it comes next, after blanks; returns whether it did.
    pub fn eat(&mut self, mark: &str) -> bool {
        self.skip_blanks();
        self.eat_directly(mark)
    }

    /// Takes `mark` if it comes next, without blanks; returns whether it did.
    pub fn eat_directly(&mut self, mark: &str) -> bool {
        let found = self.text().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    /// Takes `word` if it is the next whole word, after blanks; returns whether it was.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let at = self.at;
        let found = self.word(&[]).is_some_and(|found| found.value == word);
        if !found {
            self.at = at;
        }
        found
    }

    /// The letters, digits and underscores that come next, together with the further characters that `also` allows.
    pub fn word(&mut self, also: &[char]) -> Option<Spanned<&'a str>> {
        self.skip_blanks();
        let inside =
            |character: char| character.is_alphanumeric() || character == '_' || also.contains(&character);
        let text = self.text();
        let length = text.find(|character| !inside(character)).unwrap_or(text.len());
        (length > 0).then(|| self.advance(length))
    }

    /// A name that may be quoted; the result is without quotes.
    pub fn name(&mut self) -> Parsed<Option<Spanned<String>>> {
        self.skip_blanks();
        if !self.text().starts_with('"') {
            return Ok(self.word(&[]).map(|word| Spanned { value: word.value.to_owned(), span: word.span }));
        }
        let mut length = 1;
        loop {
            match self.text()[length..].find('"') {
                None => return Err(self.problem("unterminated quoted name", "add a `\"`")),
                Some(found) => length += found + 1,
            }
            if !self.text()[length..].starts_with('"') {
                break;
            }
            length += 1;
        }
        let quoted = self.advance(length);
        let value = quoted.value[1..length - 1].replace("\"\"", "\"");
        if value.is_empty() {
            return Err(problem(
                quoted.span,
                "a quoted name cannot be empty",
                "write the name between the quotes",
            ));
        }
        Ok(Some(Spanned { value, span: quoted.span }))
    }

    /// A name as SQL reads it: an unquoted name is converted to lower case, and may have no other characters than SQL allows.
    pub fn sql_name(&mut self) -> Parsed<Option<SqlName>> {
        self.skip_blanks();
        let quoted = self.text().starts_with('"');
        let Some(found) = (if quoted { self.name()? } else { self.word(&['$']).map(owned) }) else {
            return Ok(None);
        };
        if !quoted && found.value.starts_with(|first: char| first.is_ascii_digit() || first == '$') {
            let message = format!("`{}` is not a valid SQL name", shorten(&found.value));
            return Err(problem(found.span, message, "put the name in double quotes"));
        }
        let name = if quoted { found.value } else { found.value.to_ascii_lowercase() };
        Ok(Some(SqlName { written: self.written(found.span), name, span: found.span }))
    }

    /// The text of a span in the file.
    pub fn written(&self, span: Span) -> String {
        self.source[span.start..span.end].to_owned()
    }

    /// The rest of the line, without blanks around it.
    pub fn rest(&mut self) -> Spanned<&'a str> {
        self.skip_blanks();
        self.advance(self.end - self.at)
    }

    /// `: "reason"` up to the end of the line. `\"` and `\\` are a quote and a backslash in it.
    pub fn reason(&mut self, example: &str) -> Parsed<String> {
        let help = format!("write `{example}: \"why this is right\"`");
        if !self.eat(":") {
            return Err(self.problem("expected a reason", help));
        }
        let quoted = self.rest();
        let wrong = |message: &str| problem(quoted.span, message, help.as_str());
        let Some(text) = quoted.value.strip_prefix('"') else {
            return Err(wrong("expected the reason in double quotes after the colon"));
        };
        let (mut reason, mut characters) = (String::new(), text.chars());
        loop {
            match characters.next() {
                None => return Err(wrong("the reason has no closing quote")),
                Some('"') => break,
                Some('\\') => match characters.next() {
                    Some(escaped @ ('"' | '\\')) => reason.push(escaped),
                    other => reason.extend(['\\'].into_iter().chain(other)),
                },
                Some(character) => reason.push(character),
            }
        }
        match reason.trim() {
            _ if !characters.as_str().is_empty() => {
                Err(wrong("unexpected text after the reason; write a quote in the reason as `\\\"`"))
            }
            "" => Err(wrong("the reason is empty")),
            reason => Ok(reason.to_owned()),
        }
    }

    /// Fails if the line has a rest.
    pub fn end(&mut self, help: &str) -> Parsed<()> {
        let rest = self.rest();
        match rest.value {
            "" => Ok(()),
            text => Err(problem(rest.span, format!("unexpected `{}`", shorten(text)), help)),
        }
    }

    /// An error about the next word.
    pub fn problem(&mut self, message: impl Into<String>, help: impl Into<String>) -> Box<Diagnostic> {
        self.skip_blanks();
        let length = self.text().split_whitespace().next().map_or(0, str::len);
        problem(Span { file: self.file, start: self.at, end: self.at + length }, message, help)
    }
}

fn owned(word: Spanned<&str>) -> Spanned<String> {
    Spanned { value: word.value.to_owned(), span: word.span }
}

/// An error in an annotation.
pub(super) fn problem(span: Span, message: impl Into<String>, help: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(ANNOTATION, span, message).help(help))
}

/// Shortens a user's text for a message.
pub(super) fn shorten(text: &str) -> String {
    const LIMIT: usize = 60;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Words that cannot be names in Rust, not even as raw identifiers.
const NEVER_NAMES: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// Fails if a name cannot be a Rust identifier. Most keywords can, as raw identifiers.
pub(super) fn check_name(what: &str, name: &Spanned<impl AsRef<str>>) -> Parsed<()> {
    let word = name.value.as_ref();
    if NEVER_NAMES.contains(&word) {
        let message = format!("`{word}` cannot be {what}: it is a Rust keyword");
        return Err(problem(name.span, message, "choose another name"));
    }
    if !is_identifier(word) {
        let message = format!("`{}` cannot be {what}", shorten(word));
        let help = "use letters from a to z, digits and `_`, and do not start with a digit";
        return Err(problem(name.span, message, help));
    }
    Ok(())
}

/// Whether it can be a name in Rust, as a raw identifier if it is a keyword.
pub(crate) fn is_rust_name(word: &str) -> bool {
    is_identifier(word) && !NEVER_NAMES.contains(&word)
}

/// Whether it is an identifier of ASCII letters, digits and underscores; keywords are.
pub(crate) fn is_identifier(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(|character: char| character.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
