//! A parsed connection string.

mod apply;
mod pooler;
mod read;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, SslNegotiation, TargetSessionAttrs};

use crate::Connector;

/// A parsed connection string. Its password is never printed.
#[derive(Clone)]
pub struct Target {
    /// Hosts, user, password and so on. Its own settings of encryption and kind of session are not used.
    pub config: Config,
    /// How connections are encrypted.
    pub encryption: Encryption,
    /// Which of several servers is acceptable.
    pub session: SessionKind,
    /// The settings for a connection pool.
    pub pool: PoolSettings,
}

/// How connections are encrypted. Unix sockets are not, as with libpq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// Whether they are.
    pub when: When,
    /// How the server's certificate is checked.
    pub verification: Verification,
    /// The certificates to trust instead of the operating system's.
    pub root_certificates: Option<PathBuf>,
    /// Whether to start TLS without asking the server, which PostgreSQL 17 and later support.
    pub direct: bool,
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Never.
    Never,
    /// If the server supports it.
    IfOffered,
    /// Always; otherwise connecting fails.
    Always,
}

/// How the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// Not at all: this protects against listening, and not against a man in the middle. As libpq does for `prefer` and `require`.
    None,
    /// It must be signed by a trusted authority: `verify-ca`.
    Chain,
    /// It must also be issued for the host: `verify-full`.
    ChainAndName,
}

/// Which of several servers is acceptable, like libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionKind {
    /// The first that answers.
    #[default]
    Any,
    /// One that accepts writes.
    ReadWrite,
    /// One whose sessions are read-only.
    ReadOnly,
    /// One that is not a standby.
    Primary,
    /// A standby.
    Standby,
    /// A standby, or any if there is none.
    PreferStandby,
}

/// The settings of a connection string for a connection pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolSettings {
    /// Whether there is a pooler in transaction mode, which keeps no session state: `pgbouncer=true`, or the address of a known
    /// pooler.
    pub transaction_mode: bool,
    /// `connection_limit`
    pub max_connections: Option<usize>,
    /// `pool_timeout`: how long to wait for a free connection.
    pub acquire_timeout: Option<Duration>,
}

/// A connection string that cannot be used. It never contains a value of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTarget {
    message: String,
    help: String,
}

impl Target {
    /// Parses a URL (`postgresql://user:password@host/database?sslmode=verify-full`) or libpq's `key=value` words.
    pub fn parse(text: &str) -> Result<Target, InvalidTarget> {
        apply::apply(read::parameters(text)?)
    }

    /// The same server, another database.
    pub fn with_database(&self, name: &str) -> Target {
        let mut target = self.clone();
        target.config.dbname(name);
        target
    }

    /// Its name in messages.
    pub fn display(&self) -> String {
        let places = Connector::new(self.clone()).places();
        let names: Vec<String> = places.iter().map(ToString::to_string).collect();
        if names.is_empty() { "no host".to_owned() } else { names.join(", ") }
    }
}

impl From<Config> for Target {
    /// The target of a configuration, with `sslmode=prefer` and no check of the certificate unless it says otherwise.
    fn from(config: Config) -> Target {
        let when = match config.get_ssl_mode() {
            SslMode::Disable => When::Never,
            SslMode::Require => When::Always,
            _ => When::IfOffered,
        };
        let session = match config.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => SessionKind::ReadWrite,
            TargetSessionAttrs::ReadOnly => SessionKind::ReadOnly,
            _ => SessionKind::Any,
        };
        let encryption = Encryption {
            when,
            verification: Verification::None,
            root_certificates: None,
            direct: config.get_ssl_negotiation() == SslNegotiation::Direct,
        };
        let pool = PoolSettings { transaction_mode: pooler::is_known(&config), ..PoolSettings::default() };
        Target { config, encryption, session, pool }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Config` hides the password, but prints the options, which may contain anything.
        f.debug_struct("Target")
            .field("places", &self.display())
            .field("encryption", &self.encryption)
            .field("session", &self.session)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl InvalidTarget {
    fn new(message: impl Into<String>, help: impl Into<String>) -> InvalidTarget {
        InvalidTarget { message: message.into(), help: help.into() }
    }

    /// Does not quote the input, since a password is part of it.
    fn unreadable() -> InvalidTarget {
        let escapes =
            "; in a user or a password write %40 for @, %2F for /, %3A for :, %3F for ? and %25 for %";
        InvalidTarget::new("the database URL is invalid", format!("{FORM}{escapes}"))
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for InvalidTarget {}

const FORM: &str = "write it as postgresql://user:password@host:port/database";

#[cfg(test)]
mod tests;
