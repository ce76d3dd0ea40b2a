//! Finds where values of JSON begin and end.
//!
//! The text comes from the server and is assumed to be valid JSON. If it is not, the result is an error or a wrong value, and
//! never a panic.

use memchr::memchr2;

/// A text of JSON that is read from its beginning to its end.
pub struct JsonText<'a> {
    text: &'a str,
    at: usize,
}

/// The text between the quotes of a string.
#[derive(Clone, Copy)]
pub(super) struct Quoted<'a> {
    pub(super) text: &'a str,
    /// Whether it contains escapes.
    pub(super) escaped: bool,
}

impl<'a> JsonText<'a> {
    pub(super) fn new(text: &'a str) -> JsonText<'a> {
        JsonText { text, at: 0 }
    }

    /// The next byte that is not white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Advances past that byte, if it is the next.
    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Advances past that word, if it is the next.
    pub(super) fn take_word(&mut self, word: &str) -> Option<()> {
        self.peek()?;
        self.text.as_bytes()[self.at..].starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    /// Whether nothing follows.
    pub(super) fn end(&mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// Advances past that key and its colon, if they are next.
    pub(super) fn take_key(&mut self, key: &str) -> Option<()> {
        self.peek()?;
        let rest = self.text.as_bytes()[self.at..].strip_prefix(b"\"")?;
        rest.strip_prefix(key.as_bytes())?.strip_prefix(b"\"")?;
        self.at += key.len() + 2;
        self.take(b':')
    }

    /// Advances past a key and its value.
    pub(super) fn member(&mut self) -> Option<(&'a str, &'a str)> {
        let key = self.quoted()?.text;
        self.take(b':')?;
        Some((key, self.value()?))
    }

    /// Advances past a value.
    pub(super) fn value(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => drop(self.quoted()?),
            b'{' | b'[' => self.nested()?,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => drop(self.word()),
            _ => return None,
        }
        self.text.get(start..self.at)
    }

    /// Advances past a string.
    pub(super) fn quoted(&mut self) -> Option<Quoted<'a>> {
        self.take(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += memchr2(b'"', b'\\', self.text.as_bytes().get(self.at..)?)? + 1;
            if self.text.as_bytes()[self.at - 1] == b'"' {
                let text = self.text.get(start..self.at - 1)?;
                return Some(Quoted { text, escaped });
            }
            // An escaped quote does not end the string.
            escaped = true;
            self.at += 1;
        }
    }

    /// Advances past an object or an array, without recursion, since the server's nesting limit is deep.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.text.as_bytes().get(self.at)? {
                b'"' => {
                    self.quoted()?;
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

    /// Advances past a number or a literal.
    pub(super) fn word(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_end = |byte: u8| matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\t' | b'\r');
        let word = rest.split_at(rest.bytes().position(is_end).unwrap_or(rest.len())).0;
        self.at += word.len();
        word
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_end_where_they_end() {
        for text in [r#""a\"b\\""#, r#"{"a": [1, "]}", {"b": null}]}"#, "[]", "-1.5e3", "null", "\"\""] {
            let followed = format!(" {text} ,");
            let mut json = JsonText::new(&followed);
            assert_eq!(json.value(), Some(text));
            assert_eq!(json.peek(), Some(b','), "{text}");
        }
    }

    #[test]
    fn what_does_not_end_is_none() {
        for text in ["", " ", "\"a", "\"a\\", "\"a\\\"", "[1", "{\"a\": \"}\"", "]", "x", "é"] {
            assert!(JsonText::new(text).value().is_none(), "{text}");
        }
    }

    proptest! {
        /// Of any text, JSON or not.
        #[test]
        fn nothing_panics(text in r#"[\[\]{}",:\\a1é \n-]{0,40}"#) {
            let mut json = JsonText::new(&text);
            while json.value().is_some() {}
        }
    }
}
