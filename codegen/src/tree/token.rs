//! Splits a printed tree into tokens like the server's `pg_strtok`.

use std::fmt;

/// The reason why a text cannot be a tree that the server printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeError {
    message: &'static str,
    offset: usize,
}

impl TreeError {
    pub(super) fn new(message: &'static str, offset: usize) -> Self {
        TreeError { message, offset }
    }

    /// The byte offset into the text of the tree.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server's tree cannot be read: {} (at byte {} of it)", self.message, self.offset)
    }
}

impl std::error::Error for TreeError {}

/// The way in which the server printed a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `debug_print_parse`: lines of at most 78 bytes, broken at a space, or inside of a word that is too long for a line.
    Wrapped,
    /// A column of a system catalog: one line.
    Stored,
}

/// A word that would be longer than this on a line of its own may have been broken. The longest name has 63 bytes, so only one
/// with many escaped characters comes close.
const WRAPPED_WORD: usize = 74;

/// The bytes that end a word, and the escape character.
const SPECIAL: [bool; 256] = set(b" \n\t(){}\\");

/// The characters in the names of nodes and fields.
pub(super) const NAME: [bool; 256] = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");

/// Which bytes are among those.
const fn set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut index = 0;
    while index < bytes.len() {
        set[bytes[index] as usize] = true;
        index += 1;
    }
    set
}

/// The tokens of a text in order: brackets, and words, which are still escaped.
pub(super) struct Tokens<'t> {
    text: &'t str,
    layout: Layout,
    position: usize,
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str, layout: Layout) -> Self {
        Tokens { text, layout, position: 0 }
    }

    /// The start of the next token, or of the white space before it.
    pub fn offset(&self) -> usize {
        self.position
    }

    /// The first byte of the next token.
    pub fn first(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.position), Some(b' ' | b'\n' | b'\t')) {
            self.position += 1;
        }
        bytes.get(self.position).copied()
    }

    /// Takes the name of a field, if it comes next: `:name`.
    pub fn field(&mut self) -> Option<&'t str> {
        if self.first() != Some(b':') {
            return None;
        }
        let start = self.position + 1;
        let bytes = &self.text.as_bytes()[start..];
        let length = bytes.iter().position(|byte| !NAME[usize::from(*byte)]).unwrap_or(bytes.len());
        let ends = bytes.get(length).is_none_or(|byte| *byte != b'\\' && SPECIAL[usize::from(*byte)]);
        if length == 0 || !ends {
            return None;
        }
        self.position = start + length;
        Some(&self.text[start..self.position])
    }

    /// Takes that bracket, if it comes next.
    pub fn take(&mut self, bracket: u8) -> bool {
        let is_next = self.first() == Some(bracket);
        self.position += usize::from(is_next);
        is_next
    }

    /// Passes over the list that comes next. Brackets that belong to a word are escaped.
    pub fn skip_list(&mut self) -> Result<(), TreeError> {
        let bytes = self.text.as_bytes();
        let (start, mut open) = (self.position, 0_usize);
        loop {
            let rest = bytes.get(self.position..).unwrap_or_default();
            let stops = |byte: &u8| matches!(byte, b'(' | b')' | b'{' | b'}' | b'\\');
            let Some(length) = rest.iter().position(stops) else {
                return Err(TreeError::new("a list has no end", start));
            };
            self.position += length + 1;
            match rest[length] {
                b'(' | b'{' => open += 1,
                b'\\' => self.position += 1,
                _ => open = open.saturating_sub(1),
            }
            if open == 0 && rest[length] != b'\\' {
                return Ok(());
            }
        }
    }

    /// Takes a word, if one comes next.
    pub fn word(&mut self) -> Result<Option<&'t str>, TreeError> {
        if matches!(self.first(), None | Some(b'(' | b')' | b'{' | b'}')) {
            return Ok(None);
        }
        let bytes = self.text.as_bytes();
        let start = self.position;
        let mut end = start;
        // The last position where the server could have broken the line.
        let mut gap = start;
        loop {
            let plain =
                bytes.get(end..).unwrap_or_default().iter().position(|byte| SPECIAL[usize::from(*byte)]);
            end = plain.map_or(bytes.len().max(end), |plain| end + plain);
            if self.layout == Layout::Wrapped && end - gap > WRAPPED_WORD {
                return Err(TreeError::new("a name has so many special characters that it is cut", start));
            }
            if bytes.get(end) != Some(&b'\\') {
                break;
            }
            // An escape is for one byte; the other bytes of a multi-byte character follow unescaped.
            if bytes.get(end + 1) == Some(&b' ') {
                gap = end + 2;
            }
            end += 2;
        }
        if end > bytes.len() {
            return Err(TreeError::new("it ends within an escaped character", start));
        }
        self.position = end;
        Ok(Some(&self.text[start..end]))
    }
}

/// The text of a word.
///
/// An escaped newline is read as a space, since the server may have broken the line at an escaped space. Two names that differ
/// only in that cannot be distinguished.
pub(super) fn unescape(word: &str) -> String {
    if !word.contains('\\') {
        return word.to_owned();
    }
    let mut text = String::with_capacity(word.len());
    let mut characters = word.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next().map(|escaped| if escaped == '\n' { ' ' } else { escaped })),
            plain => text.push(plain),
        }
    }
    text
}
