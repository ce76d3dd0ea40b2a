//! Why there is no server.

use std::fmt;

/// A machine on which no server can be started, or a server that does not do as it is told.
///
/// It says what was attempted; its source says why that failed, and [`help_text`](Error::help_text) what to do about it.
#[derive(Debug)]
pub struct Error {
    message: String,
    help: String,
    source: Option<Cause>,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of what depends on the machine.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What could not be done, and what to do about it.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Error {
        Error { message: message.into(), help: help.into(), source: None }
    }

    /// Adds the cause.
    pub(crate) fn because(mut self, source: impl Into<Cause>) -> Error {
        self.source = Some(source.into());
        self
    }

    /// What to do about it: words for the person who runs this, with the command that installs PostgreSQL where it is
    /// missing. They can be continued by ", or ...".
    pub fn help_text(&self) -> &str {
        &self.help
    }

    /// The source, for an error that says the rest in its own way.
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
