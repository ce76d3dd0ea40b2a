//! A broken environment: what stops a run, as opposed to a mistake in the input.

use std::fmt;

/// Something outside the input is broken: no server, no permission, an unreadable file.
///
/// It says what was attempted, why it failed, and what to do about it. It never contains a password.
#[derive(Debug)]
pub struct Error {
    message: String,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of what can only fail because of the environment.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What could not be done: "cannot write catalog/src/lib.rs".
    pub fn new(message: impl Into<String>) -> Self {
        Error { message: message.into(), help: None, source: None }
    }

    /// Adds what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the cause.
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl From<sqlward_server::Error> for Error {
    fn from(error: sqlward_server::Error) -> Error {
        let help = format!(
            "{}, or set SQLWARD_DATABASE_URL to a server where databases can be created",
            error.help_text()
        );
        Error { message: error.to_string(), help: Some(help), source: error.into_cause() }
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
