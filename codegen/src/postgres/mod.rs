//! Stage 3: finds or starts a PostgreSQL server, gives the run its own database there, and removes it at the end.
//!
//! The server is either an external one, on which a scratch database is created, or an embedded one: a private server that
//! `sqlward-server` starts. [`Server::start`] finds or starts it, [`Server::connect`] opens a session on the run's database,
//! and [`Connection::analyse`] has statements analysed. The cluster of an embedded server is cached for the next run, with
//! its answers ([`Cache`]). A cached cluster is started only if there is a question without a cached answer.

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

/// Whether a run on an embedded server uses and keeps cached clusters, with the schema in them and the server's answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cache {
    /// The cache is neither used nor filled, except for the empty cluster that `initdb` makes.
    #[default]
    Off,
    /// The cache is used and filled.
    On,
    /// The cache is filled and not used.
    Renew,
}

/// A PostgreSQL server with a database for this run. Dropping it removes the database and ends an embedded server, which
/// also ends if this process is killed.
pub struct Server {
    shared: Arc<Shared>,
}

/// What the sessions on a server share.
struct Shared {
    place: Place,
    answers: Answers,
}

enum Place {
    Embedded(Box<Embedded>),
    Scratch(Box<Scratch>),
}

/// Which server a run uses.
pub enum Host<'a> {
    /// The running server with this URL.
    At(&'a str),
    /// An embedded server, started from these programs. An error says why there are none.
    Own(sqlward_server::Result<Binaries>),
}

impl<'a> Host<'a> {
    /// The server with this URL. Without one an embedded server of the programs in `SQLWARD_POSTGRES_BIN`, or else of the
    /// newest PostgreSQL on this machine.
    pub fn find(url: Option<&'a str>) -> Self {
        url.map_or_else(|| Host::Own(Binaries::find()), Host::At)
    }
}

impl Server {
    /// Creates an empty scratch database on the server with this URL. Without one starts an embedded server with an empty
    /// database.
    ///
    /// # Errors
    /// There is no server, it cannot be started or reached, or it does not allow to create a database.
    pub fn start(url: Option<&str>) -> Result<Server> {
        Server::with_schema(Host::find(url), &[], Cache::Off)
    }

    /// Like [`Server::start`], for a schema with these texts. If the cache has a cluster with this schema, an embedded server
    /// uses it ([`Server::kept`]), and starts only when it is needed.
    ///
    /// # Errors
    /// Those of [`Server::start`].
    pub fn with_schema(host: Host<'_>, texts: &[&str], cache: Cache) -> Result<Server> {
        let (place, answers) = match host {
            Host::At(url) => (Place::Scratch(Box::new(Scratch::create(url)?)), Answers::default()),
            Host::Own(binaries) => {
                // The answers also depend on the settings of the session, so they are part of the cache key.
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

    /// The cached cluster that this run uses, if there was one. Its schema has been applied already.
    pub fn kept(&self) -> Option<Arc<Snapshot>> {
        match &self.shared.place {
            Place::Embedded(embedded) => embedded.snapshot().cloned(),
            Place::Scratch(_) => None,
        }
    }

    /// Starts a server with a cached cluster in the background if one of these statements has no cached answer.
    pub fn expect(&self, statements: impl IntoIterator<Item = String>) {
        if let Place::Embedded(embedded) = &self.shared.place
            && statements.into_iter().any(|sql| !self.shared.answers.has_analysis(&sql))
        {
            embedded.begin();
        }
    }

    /// Says that the texts of the schema, and nothing else, have been executed: from now on the cluster may be cached.
    pub fn schema_is_in_force(&self) {
        if let Place::Embedded(embedded) = &self.shared.place {
            embedded.complete();
        }
    }

    /// Shuts an embedded server down in the background and saves its cluster to the cache. It is not used any more.
    pub fn dismiss(&self) {
        self.shared.dismiss();
    }

    /// Drops the scratch databases of this process on external servers. For a process that a signal is about to end without
    /// running any `drop`. Embedded servers are ended by their supervisors.
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

    /// A new session on the run's database.
    ///
    /// # Errors
    /// The server cannot be started or reached, or refuses the session.
    pub fn connect(&self) -> Result<Connection> {
        self.shared.connect()
    }

    /// The configuration with which other clients can connect to the database. It contains the password, if there is one.
    ///
    /// # Errors
    /// An embedded server cannot be started.
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
