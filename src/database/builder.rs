//! How a database is opened.

use std::env;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlward_connect::Target;
use tokio_postgres::Config;

use super::{Database, Inner, environment};
use crate::connection::{Opener, Pool, PoolSettings, Shared};
use crate::{Error, ErrorKind, Result, ServiceKey};

/// The settings of a [`Database`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    target: Target,
    replica: Option<Target>,
    statements: Option<StatementMode>,
    max_connections: usize,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    ping_timeout: Duration,
    statement_timeout: Option<Duration>,
    idle_in_transaction_timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    idle_timeout: Option<Duration>,
    slow_query: Option<Duration>,
}

/// How statements are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementMode {
    /// Each is prepared once per connection. The fastest, where a connection leads to the same session of the server
    /// for as long as it lasts.
    Prepared,
    /// Each is parsed anew and carries all it needs, in a single round trip: for poolers that hand out a server for one
    /// transaction at a time, as PgBouncer does in transaction mode.
    Unnamed,
    /// Each is prepared once per connection, and prepared again by the pooler wherever it lands: for poolers that hand out a
    /// server for one transaction at a time and keep track of prepared statements, as PgBouncer does from 1.21 on with
    /// `max_prepared_statements`. After a migration that changes what a query gives, such a pooler has to be told to
    /// `RECONNECT`, since it keeps the old plan.
    PreparedByPooler,
}

impl StatementMode {
    /// Whether a session ends with its transaction, and with it what was set for it.
    pub(crate) fn is_pooled(self) -> bool {
        match self {
            StatementMode::Prepared => false,
            StatementMode::Unnamed | StatementMode::PreparedByPooler => true,
        }
    }
}

impl Builder {
    /// The default settings: at most 16 connections, which live half an hour or ten minutes without use, 10 seconds to
    /// connect, 30 to wait for a free connection, and for statements as long as the server allows. Connections are
    /// encrypted as `sslmode` of the configuration says; certificates are looked at where [`Builder::from_url`] is
    /// told to.
    pub fn new(config: Config) -> Builder {
        Builder::of(Target::from(config))
    }

    /// The database of a connection string, `postgres://user:password@host/name` or `host=... dbname=...`, with the
    /// parameters of libpq. A socket's directory goes where the host does, percent-encoded in a URL.
    ///
    /// `pgbouncer=true` asks for [`StatementMode::Unnamed`], `connection_limit`, `pool_timeout` and `connect_timeout` are
    /// those of this builder. A parameter that is not known is an error that names it.
    pub fn from_url(url: &str) -> Result<Builder> {
        Ok(Builder::of(parse(url, "the text")?))
    }

    /// The database that the environment names.
    ///
    /// | `DB_METHOD` | the database of |
    /// |---|---|
    /// | not set, `PRODUCTION` or `NEON_BRANCH` | `DATABASE_URL`, and as its replica `DATABASE_REPLICA_URL` if that is set |
    /// | `LOCAL_PROXY` | `DATABASE_URL_LOCAL_PROXY` |
    pub fn from_env() -> Result<Builder> {
        let named =
            environment::read(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))?;
        let mut builder = Builder::of(parse(&named.url.1, named.url.0)?);
        if let Some((variable, url)) = named.replica {
            builder.replica = Some(parse(&url, variable)?);
        }
        Ok(builder)
    }

    /// Where [`Database::replica`] runs queries that only read. It has a pool of its own with the same settings, whose
    /// sessions only read, so that a mistake is refused by the server too.
    pub fn replica(mut self, config: Config) -> Self {
        self.replica = Some(Target::from(config));
        self
    }

    /// As [`Builder::replica`], by a connection string.
    pub fn replica_url(mut self, url: &str) -> Result<Self> {
        self.replica = Some(parse(url, "the text")?);
        Ok(self)
    }

    /// How statements are sent: prepared, unless the connection string says `pgbouncer=true` or names a pooler of Neon
    /// or Supabase that hands out a server for one transaction at a time.
    pub fn statements(mut self, mode: StatementMode) -> Self {
        self.statements = Some(mode);
        self
    }

    /// How many connections there are at most, at least one.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// How long it may take to connect, and to begin a session, to each of the servers that are named.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call waits for a connection when all are in use.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long [`Database::ping`] waits, for a connection and the answer together.
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.ping_timeout = timeout;
        self
    }

    /// How long the server may work on a statement before it cancels it. Where nothing at all is heard of it for five
    /// seconds more, the connection is closed, as after a failure of the network that nobody has told of.
    ///
    /// Behind a pooler, so with any [`StatementMode`] but `Prepared`, the server is told so within transactions. A query that is on its own is given
    /// up when the time is over, unless it is a stream, and the server asked to stop: whether it was done is then
    /// unknown, as it is when a connection breaks.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How long a transaction may do nothing before the server ends it, and with it the connection.
    pub fn idle_in_transaction_timeout(mut self, timeout: Duration) -> Self {
        self.idle_in_transaction_timeout = Some(timeout);
        self
    }

    /// How old a connection gets, up to a tenth less by chance; `None` for any age. Then it is replaced when it is free,
    /// so that the pool follows changes of addresses and roles, and servers can let go of what sessions pile up.
    pub fn max_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// How long a connection stays when nobody uses it, or up to a sixteenth less; `None` for as long as it lives.
    pub fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a query may take, from asking for a connection to the last row, before `tracing` is told of it in a
    /// warning with its name, time and rows.
    pub fn slow_query(mut self, threshold: Duration) -> Self {
        self.slow_query = Some(threshold);
        self
    }

    /// Opens the database, without connecting to it yet, and hands out its key, which exists once.
    pub fn open(self) -> (Database, ServiceKey) {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let id = OPENED.fetch_add(1, Ordering::Relaxed);
        let replica = self.replica.as_ref().map(|target| {
            let connections = target.pool.max_connections.unwrap_or(self.max_connections);
            self.database(id, target, connections, true, None)
        });
        let database = self.database(id, &self.target, self.max_connections, false, replica);
        (database, ServiceKey { database: id })
    }

    fn of(target: Target) -> Builder {
        Builder {
            max_connections: target.pool.max_connections.unwrap_or(16).max(1),
            connect_timeout: target.config.get_connect_timeout().copied().unwrap_or(Duration::from_secs(10)),
            acquire_timeout: target.pool.acquire_timeout.unwrap_or(Duration::from_secs(30)),
            ping_timeout: Duration::from_secs(5),
            statement_timeout: None,
            idle_in_transaction_timeout: None,
            max_lifetime: Some(Duration::from_secs(30 * 60)),
            idle_timeout: Some(Duration::from_secs(10 * 60)),
            slow_query: None,
            statements: None,
            replica: None,
            target,
        }
    }

    fn database(
        &self,
        id: u64,
        target: &Target,
        size: usize,
        read_only: bool,
        replica: Option<Database>,
    ) -> Database {
        let pool = self.pool(id, target, size.max(1), read_only);
        Database { inner: Arc::new(Inner { pool, replica, ping_timeout: self.ping_timeout }) }
    }

    fn pool(&self, database: u64, target: &Target, max_connections: usize, read_only: bool) -> Pool {
        let automatic =
            if target.pool.transaction_mode { StatementMode::Unnamed } else { StatementMode::Prepared };
        let mode = self.statements.unwrap_or(automatic);
        let millis =
            |timeout: Option<Duration>| timeout.map(|timeout| timeout.as_millis().max(1).to_string());
        let settings: Vec<String> = [
            ("statement_timeout", millis(self.statement_timeout)),
            ("idle_in_transaction_session_timeout", millis(self.idle_in_transaction_timeout)),
            ("default_transaction_read_only", read_only.then(|| "on".to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} = {}", value?)))
        .collect();
        // Statements and not start-up options, which poolers refuse. Behind a pooler that keeps no session they are said
        // to each transaction, which must not outlive it.
        let said =
            |how: &str| settings.iter().map(|setting| format!("; set {how} {setting}")).collect::<String>();
        let (session, local) =
            if mode.is_pooled() { (String::new(), said("local")) } else { (said("session"), String::new()) };
        let opener =
            Opener::new(target.clone(), self.connect_timeout, mode == StatementMode::Unnamed, session);
        let settings = PoolSettings {
            database,
            max_connections,
            acquire_timeout: self.acquire_timeout,
            max_lifetime: self.max_lifetime,
            idle_timeout: self.idle_timeout,
            slow_query: self.slow_query,
            local: local.into(),
        };
        Pool::new(Shared::new(opener, mode, self.statement_timeout), settings)
    }
}

/// Reads a connection string, which messages call by `what`.
fn parse(url: &str, what: &str) -> Result<Target> {
    Target::parse(url).map_err(|error| {
        let message =
            format!("the database cannot be opened: {what} is not a usable connection string: {error}");
        Error::new(ErrorKind::Configuration, message)
    })
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("statements", &self.statements)
            .field("max_connections", &self.max_connections)
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("ping_timeout", &self.ping_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("idle_in_transaction_timeout", &self.idle_in_transaction_timeout)
            .field("max_lifetime", &self.max_lifetime)
            .field("idle_timeout", &self.idle_timeout)
            .field("slow_query", &self.slow_query)
            .finish_non_exhaustive()
    }
}
