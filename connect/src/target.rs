//! Where a server is and how to speak to it: a connection string, read.

mod apply;
mod pooler;
mod read;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, SslNegotiation, TargetSessionAttrs};

use crate::Connector;

/// A connection string, read. Its password is never printed.
#[derive(Clone)]
pub struct Target {
    /// Hosts, user, password and the like. What it says of encryption and of the kind of session is not looked at.
    pub config: Config,
    /// How connections are encrypted.
    pub encryption: Encryption,
    /// Which of several servers will do.
    pub session: SessionKind,
    /// What the string says to a pool of connections.
    pub pool: PoolSettings,
}

/// How connections are encrypted. Those over a socket of this machine are not, as with libpq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// Whether.
    pub when: When,
    /// What is asked of the server's certificate.
    pub verification: Verification,
    /// The certificates to trust instead of the machine's.
    pub root_certificates: Option<PathBuf>,
    /// Whether to begin without asking the server, which PostgreSQL 17 and later understand.
    pub direct: bool,
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Not.
    Never,
    /// If the server can.
    IfOffered,
    /// Or else there is no connection.
    Always,
}

/// What is asked of the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// Nothing: who listens is shut out, who intercepts is not. What libpq does for `prefer` and `require`.
    None,
    /// That a trusted authority has signed it: `verify-ca`.
    Chain,
    /// That, and that it names the host we connect to: `verify-full`.
    ChainAndName,
}

/// Which of several servers will do, as libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionKind {
    /// The first that answers.
    #[default]
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One whose sessions only read.
    ReadOnly,
    /// One that is no standby.
    Primary,
    /// A standby.
    Standby,
    /// A standby, or any if there is none.
    PreferStandby,
}

/// What a connection string says to a pool of connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolSettings {
    /// Whether a pooler in between hands out a server for one transaction at a time, so that nothing of a session
    /// outlives it: `pgbouncer=true`, or the address of a pooler that is known to.
    pub transaction_mode: bool,
    /// `connection_limit`
    pub max_connections: Option<usize>,
    /// `pool_timeout`: how long to wait for a connection that is free.
    pub acquire_timeout: Option<Duration>,
}

/// A connection string that cannot be used. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTarget {
    message: String,
    help: String,
}

impl Target {
    /// Reads a URL (`postgresql://user:password@host/database?sslmode=verify-full`) or libpq's `key=value` words.
    pub fn parse(text: &str) -> Result<Target, InvalidTarget> {
        apply::apply(read::parameters(text)?)
    }

    /// The same server, another database.
    pub fn with_database(&self, name: &str) -> Target {
        let mut target = self.clone();
        target.config.dbname(name);
        target
    }

    /// How messages call it.
    pub fn display(&self) -> String {
        let places = Connector::new(self.clone()).places();
        let names: Vec<String> = places.iter().map(ToString::to_string).collect();
        if names.is_empty() { "no host".to_owned() } else { names.join(", ") }
    }
}

impl From<Config> for Target {
    /// What the configuration says, with `sslmode=prefer` and no certificate looked at unless it says otherwise.
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
        // `Config` leaves out the password, but prints the options, in which anything can stand.
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

    /// Says nothing of what was given, because a password is part of it.
    fn unreadable() -> InvalidTarget {
        let escapes =
            "; in a user or a password write %40 for @, %2F for /, %3A for :, %3F for ? and %25 for %";
        InvalidTarget::new("the database URL cannot be read", format!("{FORM}{escapes}"))
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
