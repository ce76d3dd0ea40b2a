//! Stage 3: finds or starts a PostgreSQL server, gives the run a database of its own there, and removes it again.
//!
//! Speaks to the server, and has an embedded one started by `sqlward-server`. [`Server::start`] finds one,
//! [`Server::connect`] opens a session on its scratch database, and [`Connection::analyse`] asks what statements mean.
//! What an embedded server has answered is kept for the next run, with its cluster ([`Cache`]).

mod analyse;
mod answers;
mod connection;
mod embedded;
mod scratch;
mod server_error;
mod sessions;
mod startup;
mod wire;

use std::fmt;
use std::sync::Arc;

use sqlward_connect::Target;
use sqlward_server::{Binaries, Snapshot};

pub use analyse::{Analysis, ColumnDescription, Outcome, Statement};
pub use connection::{Connection, Document};
pub use server_error::ServerError;
pub use sessions::{Session, Sessions};

use crate::error::Result;
use answers::Answers;
use embedded::Embedded;
use scratch::Scratch;

/// Whether a run on a server of our own keeps the cluster, with the schema in it, and what the server answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cache {
    /// Nothing is kept, and nothing that was kept is used, but for the empty cluster that `initdb` makes.
    #[default]
    Off,
    /// What an earlier run has kept of the same schema is used, and all is kept for the next one.
    On,
    /// All is kept for the next run, and nothing that was kept is used.
    Renew,
}

/// A PostgreSQL server with a database for this run. Both are gone when this is dropped, and an embedded server also
/// when this process ends in any other way.
pub struct Server {
    shared: Arc<Shared>,
}

/// What the sessions on a server have in common.
struct Shared {
    place: Place,
    answers: Answers,
}

enum Place {
    Embedded(Box<Embedded>),
    Scratch(Box<Scratch>),
}

/// Where a server is, or is to be started from.
pub enum Host<'a> {
    /// It runs, and has that URL.
    At(&'a str),
    /// One of our own is started from those programs, or cannot be started.
    Own(sqlward_server::Result<Binaries>),
}

impl<'a> Host<'a> {
    /// The server of that URL; without one, the newest PostgreSQL of this machine, or the one in the folder
    /// `SQLWARD_POSTGRES_BIN`.
    pub fn find(url: Option<&'a str>) -> Self {
        url.map_or_else(|| Host::Own(Binaries::find()), Host::At)
    }
}

impl Server {
    /// Creates a scratch database on the server of that URL; without one, starts an embedded server of this machine's
    /// own PostgreSQL. The database is empty.
    pub fn start(url: Option<&str>) -> Result<Server> {
        Server::with_schema(Host::find(url), &[], Cache::Off)
    }

    /// As [`Server::start`]; but an embedded server may begin with these texts in force, from what an earlier run has
    /// [kept](Server::kept). It starts then when there is something to ask.
    pub fn with_schema(host: Host<'_>, texts: &[&str], cache: Cache) -> Result<Server> {
        let (place, answers) = match host {
            Host::At(url) => (Place::Scratch(Box::new(Scratch::create(url)?)), Answers::default()),
            Host::Own(binaries) => {
                // How we ask is part of what was answered.
                let settings = format!("{:?}", startup::SETTINGS);
                let how = [analyse::BEGIN, settings.as_str()];
                let parts: Vec<&[u8]> = how.iter().chain(texts).map(|text| text.as_bytes()).collect();
                let embedded = Embedded::with(binaries?, &parts, cache)?;
                let answers = match cache {
                    Cache::Off => Answers::default(),
                    Cache::On | Cache::Renew => Answers::with(embedded.snapshot()),
                };
                (Place::Embedded(Box::new(embedded)), answers)
            }
        };
        Ok(Server { shared: Arc::new(Shared { place, answers }) })
    }

    /// What an earlier run has kept and this one began with: the schema is in force.
    pub fn kept(&self) -> Option<Arc<Snapshot>> {
        match &self.shared.place {
            Place::Embedded(embedded) => embedded.snapshot().cloned(),
            Place::Scratch(_) => None,
        }
    }

    /// Begins to start a server that rests, while there is other work to do, if one of these statements has no answer yet.
    pub fn expect(&self, statements: impl IntoIterator<Item = String>) {
        if let Place::Embedded(embedded) = &self.shared.place
            && statements.into_iter().any(|sql| !self.shared.answers.know(&sql))
        {
            embedded.begin();
        }
    }

    /// Tells that all texts that this was started for have run, and nothing else has: a later run may begin with that.
    pub fn schema_is_in_force(&self) {
        if let Place::Embedded(embedded) = &self.shared.place {
            embedded.complete();
        }
    }

    /// Lets a server of our own begin to end, while there is other work to do: nothing is asked of it any more. What it
    /// is to leave for later runs is kept meanwhile.
    pub fn dismiss(&self) {
        self.shared.dismiss();
    }

    /// Drops what this process has created on servers that are not its own. For a process that a signal is about to end,
    /// without any `drop` being run; an embedded server's supervisor sees to the rest.
    pub fn abandon_all() {
        scratch::drop_all();
    }

    /// `server_version_num`: 150018 is 15.18.
    pub fn version(&self) -> u32 {
        match &self.shared.place {
            Place::Embedded(embedded) => embedded.version(),
            Place::Scratch(scratch) => scratch.version(),
        }
    }

    /// A new session on the database.
    pub fn connect(&self) -> Result<Connection> {
        self.shared.connect()
    }

    /// How other clients connect to the database. The password, if there is one, is in it.
    pub fn url(&self) -> Result<tokio_postgres::Config> {
        Ok(self.shared.target()?.config)
    }
}

impl Shared {
    fn connect(&self) -> Result<Connection> {
        Connection::open(&self.target()?)
    }

    fn target(&self) -> Result<Target> {
        match &self.place {
            Place::Embedded(embedded) => embedded.target(),
            Place::Scratch(scratch) => Ok(scratch.target().clone()),
        }
    }

    fn dismiss(&self) {
        match &self.place {
            Place::Embedded(embedded) => embedded.dismiss(&self.answers),
            Place::Scratch(_) => {}
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.dismiss();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Server");
        if let Place::Scratch(scratch) = &self.shared.place {
            debug.field("at", &scratch.target().display());
        }
        debug.field("version", &self.version()).finish()
    }
}

#[cfg(test)]
mod tests;
