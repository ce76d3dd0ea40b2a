//! Where values of JSON begin and end.
//!
//! The server has written the text, so that it is JSON. What is taken for granted here is never more than that: of any
//! other text comes an error or a wrong value, and nothing worse.

use super::JsonText;

/// A place in a text.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// What stands between the quotes of a string.
#[derive(Clone, Copy)]
pub(super) struct Quoted<'a> {
    pub(super) text: &'a str,
    /// Whether it says some of its characters in other words.
    pub(super) escaped: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Scan<'a> {
        Scan { text, at: 0 }
    }

    /// How far it has come.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What follows.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on by what somebody else has gone over.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// The next byte that is no space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Goes past that byte, if it is the next.
    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Whether nothing follows.
    pub(super) fn end(&mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// Goes past a value.
    pub(super) fn value(&mut self) -> Option<JsonText<'a>> {
        let first = self.peek()?;
        let start = self.at;
        let mut escaped = false;
        match first {
            b'"' => escaped = self.string()?.escaped,
            b'{' | b'[' => self.nested()?,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.at += word(&self.text.as_bytes()[start..]),
            _ => return None,
        }
        Some(JsonText { text: self.text.get(start..self.at)?, escaped, end: None })
    }

    /// Goes past a string.
    pub(super) fn string(&mut self) -> Option<Quoted<'a>> {
        self.take(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += quote_or_backslash(self.text.as_bytes().get(self.at..)?)? + 1;
            if self.text.as_bytes()[self.at - 1] == b'"' {
                let text = self.text.get(start..self.at - 1)?;
                return Some(Quoted { text, escaped });
            }
            // Whatever is escaped is not the end.
            escaped = true;
            self.at += 1;
        }
    }

    /// Goes past an object or an array, without recursion: it may be nested as deep as the server allows.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.text.as_bytes().get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// How long a number or a name is.
fn word(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\t' | b'\r');
    bytes.iter().position(is_end).unwrap_or(bytes.len())
}

/// Where the first of these is, looked for in eight bytes at a time: most strings are too short for anything larger.
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // The highest bit of the first byte that is that byte, and perhaps of some after it.
    let mark = |word: u64, byte: u8| {
        let difference = word ^ (ONES * u64::from(byte));
        difference.wrapping_sub(ONES) & !difference & (ONES << 7)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let marks = mark(word, b'"') | mark(word, b'\\');
        if marks != 0 {
            return Some(index * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(bytes.len() - rest.len() + found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_end_where_they_end() {
        for text in [r#""a\"b\\""#, r#"{"a": [1, "]}", {"b": null}]}"#, "[]", "-1.5e3", "null", "\"\""] {
            let followed = format!(" {text} ,");
            let mut scan = Scan::new(&followed);
            assert_eq!(scan.value().unwrap().text, text);
            assert_eq!(scan.peek(), Some(b','), "{text}");
        }
    }

    #[test]
    fn what_does_not_end_is_none() {
        for text in ["", " ", "\"a", "\"a\\", "\"a\\\"", "[1", "{\"a\": \"}\"", "]", "x", "é"] {
            assert!(Scan::new(text).value().is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_first_is_found(text in "[a\"\\\\é]{0,40}") {
            let expected = text.bytes().position(|byte| byte == b'"' || byte == b'\\');
            prop_assert_eq!(quote_or_backslash(text.as_bytes()), expected);
        }

        /// Of any text, JSON or not.
        #[test]
        fn nothing_panics(text in r#"[\[\]{}",:\\a1é \n-]{0,40}"#) {
            let mut scan = Scan::new(&text);
            while scan.value().is_some() {}
        }
    }
}
