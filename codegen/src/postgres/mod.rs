//! Stage 3: finds or starts a PostgreSQL server, gives the run a database of its own there, and removes it again.
//!
//! Speaks to the server, and has an embedded one started by `sqlward-server`. [`Server::start`] finds one,
//! [`Server::connect`] opens a session on its scratch database, and [`Connection::analyse`] asks what statements mean.

mod analyse;
mod connection;
mod scratch;
mod server_error;
mod sessions;
mod startup;
mod wire;

use std::fmt;

use sqlward_connect::Target;
use tokio_postgres::config::SslMode;

pub use analyse::{Analysis, ColumnDescription, Outcome, Statement};
pub use connection::{Connection, Document};
pub use server_error::ServerError;
pub use sessions::Sessions;

use crate::error::Result;
use scratch::Scratch;

/// A PostgreSQL server with an empty database for this run. Both are gone when this is dropped, and an embedded
/// server also when this process ends in any other way.
pub struct Server {
    place: Place,
    version: u32,
}

enum Place {
    Embedded(sqlward_server::Server),
    // Boxed, since it holds two sessions.
    Scratch(Box<Scratch>),
}

impl Server {
    /// Creates a scratch database on the server of that URL; without one, starts an embedded server from the newest
    /// local PostgreSQL, or from the one in the folder `SQLWARD_POSTGRES_BIN`.
    pub fn start(url: Option<&str>) -> Result<Server> {
        match url {
            Some(url) => {
                let scratch = Scratch::create(url)?;
                Ok(Server { version: scratch.version(), place: Place::Scratch(Box::new(scratch)) })
            }
            None => {
                let embedded = sqlward_server::Server::builder().in_memory().start()?;
                Ok(Server { version: embedded.binaries().version(), place: Place::Embedded(embedded) })
            }
        }
    }

    /// Lets a server of our own begin to end, while there is other work to do: nothing is asked of it any more.
    pub fn dismiss(&mut self) {
        match &mut self.place {
            Place::Embedded(embedded) => embedded.dismiss(),
            Place::Scratch(_) => {}
        }
    }

    /// Drops what this process has created on servers that are not its own. For a process that a signal is about to end,
    /// without any `drop` being run; an embedded server's supervisor sees to the rest.
    pub fn abandon_all() {
        scratch::drop_all();
    }

    /// `server_version_num`: 150018 is 15.18.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// A new session on the scratch database.
    pub fn connect(&self) -> Result<Connection> {
        Connection::open(&self.target())
    }

    /// How other clients connect to the scratch database. The password, if there is one, is in it.
    pub fn url(&self) -> tokio_postgres::Config {
        self.target().config
    }

    fn target(&self) -> Target {
        match &self.place {
            Place::Embedded(embedded) => embedded_target(embedded),
            Place::Scratch(scratch) => scratch.target().clone(),
        }
    }
}

/// How to connect to the only database of a server of our own.
fn embedded_target(server: &sqlward_server::Server) -> Target {
    let mut config = tokio_postgres::Config::new();
    config.host_path(server.folder()).port(server.port()).user("postgres").dbname("template1");
    Target::from(config.ssl_mode(SslMode::Disable).clone())
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("at", &self.target().display())
            .field("version", &self.version)
            .finish()
    }
}

#[cfg(test)]
mod tests;
