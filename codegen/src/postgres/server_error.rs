//! Errors that PostgreSQL reports.

use std::fmt;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::ErrorFields;

/// An error that the server reported. It is about what was sent, not about the connection: the session goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerError {
    /// The SQLSTATE: `42703` is an unknown column.
    pub code: String,
    /// The server's message.
    pub message: String,
    /// The server's DETAIL.
    pub detail: Option<String>,
    /// The server's HINT.
    pub hint: Option<String>,
    /// The position in the statement, in characters from 1.
    pub position: Option<usize>,
    /// For an error in a function that the statement created or called: the text of the function, and the position in it in
    /// characters from 1.
    pub internal: Option<(String, usize)>,
    /// The server's CONTEXT: the calls that led to the error.
    pub context: Option<String>,
    /// The number of statements of a batch that were executed before.
    pub executed: usize,
}

impl ServerError {
    /// An error that is found without the server, in the form of the server's.
    pub(super) fn local(code: &str, message: impl Into<String>) -> Self {
        ServerError { code: code.to_owned(), message: message.into(), ..ServerError::default() }
    }

    pub(super) fn read(mut fields: ErrorFields<'_>) -> std::io::Result<Self> {
        let mut error = ServerError::default();
        let mut internal_position = None;
        let mut internal_query = None;
        while let Some(field) = fields.next()? {
            // Before a session has begun, messages can be in another encoding than UTF-8.
            let value = String::from_utf8_lossy(field.value_bytes()).into_owned();
            match field.type_() {
                b'C' => error.code = value,
                b'M' => error.message = shortened(value),
                b'D' => error.detail = Some(shortened(value)),
                b'H' => error.hint = Some(shortened(value)),
                b'P' => error.position = value.parse().ok(),
                b'p' => internal_position = value.parse().ok(),
                b'q' => internal_query = Some(value),
                b'W' => error.context = Some(shortened(value)),
                // Ignored: the severity, the names of objects, the server's source files, and fields of later versions.
                _ => {}
            }
        }
        error.internal = internal_query.zip(internal_position);
        Ok(error)
    }
}

/// A message of readable length. The server quotes its input, which can be a literal of megabytes.
fn shortened(words: String) -> String {
    /// Longer than messages without quoted input.
    const LONGEST: usize = 1_000;
    const START: usize = 300;
    const END: usize = 60;
    if words.len() <= LONGEST {
        return words;
    }
    let start = &words[..words.floor_char_boundary(START)];
    let end = &words[words.ceil_char_boundary(words.len() - END)..];
    format!("{start} ... {end}")
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.code)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ServerError {}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_words_keep_their_start_and_their_end() {
        let words = format!("value \"{}\" is out of range", "é".repeat(1_000));
        let short = shortened(words);
        assert!(short.starts_with("value \"é") && short.ends_with("é\" is out of range"), "{short}");
        assert!(short.len() < 400, "{short}");
        assert_eq!(shortened("as it is".to_owned()), "as it is");
    }
}
