//! The error of this crate.

use std::fmt;

/// A server cannot be started, or does not start or stop as it should.
///
/// The message says what was attempted, the source why it failed, and [`help_text`](Error::help_text) what to do about it.
#[derive(Debug)]
pub struct Error {
    message: String,
    help: String,
    source: Option<Cause>,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of an operation on a server.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with a message and a help.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Error {
        Error { message: message.into(), help: help.into(), source: None }
    }

    /// Adds the cause.
    pub(crate) fn because(mut self, source: impl Into<Cause>) -> Error {
        self.source = Some(source.into());
        self
    }

    /// What to do about it, for the user: with the command that installs PostgreSQL if it is missing. The text can be
    /// continued by ", or ...".
    pub fn help_text(&self) -> &str {
        &self.help
    }

    /// The source, to be used in another error.
    pub fn into_cause(self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        self.source
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
