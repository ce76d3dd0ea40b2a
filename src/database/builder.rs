//! The settings with which a database is opened.

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
    /// Each is prepared once per connection. The fastest mode, for a connection that keeps its server session as long
    /// as it lasts.
    Prepared,
    /// Each is sent with its text in a single round trip, and parsed every time: for poolers that assign a server for one
    /// transaction at a time, such as PgBouncer in transaction mode.
    Unnamed,
    /// Each is prepared once per connection, and the pooler prepares it again on any other server: for poolers in
    /// transaction mode that track prepared statements, such as PgBouncer from 1.21 on with `max_prepared_statements`.
    /// After a migration that changes a query's result, such a pooler needs a `RECONNECT`, since it keeps the old plan.
    PreparedByPooler,
}

impl StatementMode {
    /// Whether session state, such as settings, is lost at the end of a transaction.
    pub(crate) fn is_pooled(self) -> bool {
        match self {
            StatementMode::Prepared => false,
            StatementMode::Unnamed | StatementMode::PreparedByPooler => true,
        }
    }
}

impl Builder {
    /// The default settings: at most 16 connections, replaced after half an hour and closed after ten idle minutes; 10
    /// seconds to connect, 30 to wait for a free connection, and the server's own limit for statements. Encryption is
    /// as `sslmode` of the configuration says; certificates are checked only if [`Builder::from_url`] is told to.
    pub fn new(config: Config) -> Builder {
        Builder::of(Target::from(config))
    }

    /// The database of a connection string, `postgres://user:password@host/name` or `host=... dbname=...`, with libpq's
    /// parameters. The directory of a Unix socket stands in the place of the host, percent-encoded in a URL.
    ///
    /// `pgbouncer=true` selects [`StatementMode::Unnamed`]; `connection_limit`, `pool_timeout` and `connect_timeout` set
    /// those of this builder. An unknown parameter is an error that names it.
    pub fn from_url(url: &str) -> Result<Builder> {
        Ok(Builder::of(parse(url, "the text")?))
    }

    /// The database that the environment variables name.
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

    /// The database that [`Database::replica`] uses. It has its own pool with the same settings, whose sessions are
    /// read-only, so that the server refuses writes as well.
    pub fn replica(mut self, config: Config) -> Self {
        self.replica = Some(Target::from(config));
        self
    }

    /// Like [`Builder::replica`], with a connection string.
    pub fn replica_url(mut self, url: &str) -> Result<Self> {
        self.replica = Some(parse(url, "the text")?);
        Ok(self)
    }

    /// How statements are sent. The default is `Prepared`, unless the connection string has `pgbouncer=true` or the address
    /// of a transaction pooler of Neon or Supabase.
    pub fn statements(mut self, mode: StatementMode) -> Self {
        self.statements = Some(mode);
        self
    }

    /// The maximum number of connections, at least one.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// The limit for connecting and starting a session, for each of the servers that are named.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call waits for a connection when all are in use.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// The limit for [`Database::ping`], for getting a connection and the answer together.
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.ping_timeout = timeout;
        self
    }

    /// The limit after which the server cancels a statement. If the server is silent for five seconds more, the connection
    /// is closed, as after a network failure that was not signalled.
    ///
    /// With any [`StatementMode`] but `Prepared`, the server gets the limit for each transaction. A query outside of a
    /// transaction, unless it is a stream, is abandoned by the client when the time is over, and the server is asked to
    /// cancel it: its outcome is then unknown, as when a connection breaks.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// The limit after which the server ends an idle transaction, and its connection.
    pub fn idle_in_transaction_timeout(mut self, timeout: Duration) -> Self {
        self.idle_in_transaction_timeout = Some(timeout);
        self
    }

    /// The age at which a connection is replaced as soon as it is free, less up to a tenth at random; `None` for no limit.
    /// So the pool follows changes of addresses and roles, and the server can free the memory that sessions accumulate.
    pub fn max_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// How long an unused connection stays open, less up to a sixteenth; `None` for as long as it lives.
    pub fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Calls that take longer, from asking for a connection to the last row, are logged by a `tracing` warning with the
    /// query's name, the time and the number of rows.
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
        let said = |how: &str| settings.iter().map(|setting| format!("set {how} {setting}")).collect();
        let (session, local): (Vec<String>, _) =
            if mode.is_pooled() { (Vec::new(), said("local")) } else { (said("session"), Vec::new()) };
        let opener = Opener::new(
            target.clone(),
            self.connect_timeout,
            mode == StatementMode::Unnamed,
            session.join(";"),
        );
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
