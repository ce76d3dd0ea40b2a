//! How a database is opened.

use std::env;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Pool, PoolConfig, QueueMode, Timeouts};
use deadpool_postgres::{ManagerConfig, RecyclingMethod};
use tokio_postgres::{Config, NoTls};

use super::{Database, Inner};
use crate::connection::Manager;
use crate::{Error, ErrorKind, Result, ServiceKey};

/// The settings of a [`Database`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    config: Config,
    max_connections: usize,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    statement_timeout: Option<Duration>,
    slow_query: Option<Duration>,
}

impl Builder {
    /// The default settings: at most 16 connections, 10 seconds to connect, 30 to wait for a free connection, and for
    /// statements as long as the server allows.
    pub fn new(config: Config) -> Builder {
        Builder {
            config,
            max_connections: 16,
            connect_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: None,
            slow_query: None,
        }
    }

    /// The database of a connection string, `postgres://user:password@host/name` or `host=... dbname=...`. A socket's
    /// directory goes where the host does, percent-encoded in a URL.
    pub fn from_url(url: &str) -> Result<Builder> {
        Builder::parse(url, "the text")
    }

    /// The database that the environment variable `DATABASE_URL` names.
    pub fn from_env() -> Result<Builder> {
        match env::var("DATABASE_URL") {
            Ok(url) => Builder::parse(&url, "DATABASE_URL"),
            Err(_) => Err(Error::new(
                ErrorKind::Configuration,
                "no database is configured: set DATABASE_URL to postgres://user:password@host/name",
            )),
        }
    }

    /// How many connections there are at most, at least one.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// How long it may take to connect.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call waits for a connection when all are in use.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long the server may work on a statement before it cancels it.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
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
        let pool = Pool::builder(self.manager(id))
            .config(PoolConfig {
                max_size: self.max_connections,
                timeouts: Timeouts {
                    wait: Some(self.acquire_timeout),
                    create: Some(self.connect_timeout),
                    recycle: Some(self.connect_timeout),
                },
                // The connections that were used last have most statements prepared and are the likeliest to live.
                queue_mode: QueueMode::Lifo,
            })
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a pool with timeouts needs a runtime, which it has");
        let inner = Inner {
            pool,
            id,
            size: self.max_connections,
            acquire_timeout: self.acquire_timeout,
            slow_query: self.slow_query,
        };
        (Database { inner: Arc::new(inner) }, ServiceKey { database: id })
    }

    /// How connections are made, and how one is told to stop: here alone it is decided how they are encrypted.
    fn manager(&self, database: u64) -> Manager {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        Manager {
            connect: deadpool_postgres::Manager::from_config(self.config.clone(), NoTls, config),
            statement_timeout: self.statement_timeout,
            slow_query: self.slow_query,
            database,
            cancel: |token| Box::pin(async move { token.cancel_query(NoTls).await }),
        }
    }

    fn parse(url: &str, what: &str) -> Result<Builder> {
        // The cause can quote a part of the text, which may be one of the password.
        let config = url.parse().map_err(|_| {
            let message = format!(
                "the database cannot be opened: {what} is not a connection string; write \
                 postgres://user:password@host/name, with special characters of the password percent-encoded"
            );
            Error::new(ErrorKind::Configuration, message)
        })?;
        Ok(Builder::new(config))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("max_connections", &self.max_connections)
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("slow_query", &self.slow_query)
            .finish_non_exhaustive()
    }
}
