//! The pool that an application works with.

mod builder;
mod environment;
mod metrics;
mod replica;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::call::{Caller, Place};
use crate::connection::{Lease, Pool};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Error, ErrorKind, Result, ServiceKey};

pub use builder::{Builder, StatementMode};
pub use metrics::PoolMetrics;
pub use replica::Replica;

/// A pool of connections to a database. Cloning it is cheap and gives the same pool.
///
/// A query that runs directly on it is a transaction of its own; several queries that belong together run in a
/// [`transaction`](Database::transaction). The first query opens the first connection: a server that is down when
/// the program starts is no error until then, and the pool reconnects as soon as it is back.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    replica: Option<Database>,
    ping_timeout: Duration,
}

impl Database {
    /// Opens the database of a connection string, `postgres://user:password@host/name` or `host=... dbname=...`, with
    /// the settings of a new [`Builder`].
    pub fn open(url: &str) -> Result<(Database, ServiceKey)> {
        Ok(Builder::from_url(url)?.open())
    }

    /// Opens the database that the environment variables name, see [`Builder::from_env`].
    pub fn from_env() -> Result<(Database, ServiceKey)> {
        Ok(Builder::from_env()?.open())
    }

    /// A database with other settings.
    pub fn builder(config: tokio_postgres::Config) -> Builder {
        Builder::new(config)
    }

    /// Where queries that only read can run: the replica, if one [was given](Builder::replica), else the primary.
    ///
    /// A replica lags behind: what was just written may not be there yet. If it cannot be reached, the call fails; it does
    /// not fall back to the primary, which may not be able to take the load.
    pub fn replica(&self) -> Replica<'_> {
        Replica::new(self.inner.replica.as_ref().unwrap_or(self))
    }

    /// Whether the database answers, within five seconds or the [builder's](Builder::ping_timeout) limit. For health
    /// checks: it takes a connection of the pool, so it also fails if all connections are in use.
    pub async fn ping(&self) -> Result<()> {
        let answered = async {
            let mut lease = self.lease().await?;
            lease.begin();
            lease.client().batch_execute("").await.map_err(Error::call)?;
            lease.finish();
            Ok(())
        };
        let limit = self.inner.ping_timeout;
        tokio::time::timeout(limit, answered).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, format!("the database did not answer within {limit:?}")))
        })
    }

    /// The state of the pool. Reading it costs next to nothing.
    pub fn metrics(&self) -> PoolMetrics {
        self.inner.pool.metrics()
    }

    /// Closes the pool: new calls fail, free connections are closed, and so are the others when the calls on them have
    /// ended, which this waits for.
    pub async fn close(&self) {
        self.pools().for_each(Pool::close);
        while self.pools().any(|pool| pool.size() > 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// [Closes](Database::close) the pool, and after the limit cancels what is still running: those calls fail with an
    /// error of the kind [`Timeout`](ErrorKind::Timeout). What was not committed is rolled back.
    pub async fn close_within(&self, limit: Duration) -> Result<()> {
        if tokio::time::timeout(limit, self.close()).await.is_ok() {
            return Ok(());
        }
        let mut count = 0;
        for pool in self.pools() {
            count += pool.shared().sever().await;
        }
        let message =
            format!("closing took longer than {limit:?}: {count} connections were in use and were closed");
        Err(Error::new(ErrorKind::Timeout, message))
    }

    /// The pools of the primary and the replica.
    fn pools(&self) -> impl Iterator<Item = &Pool> {
        [Some(self), self.inner.replica.as_ref()].into_iter().flatten().map(|database| &database.inner.pool)
    }

    /// A connection, if one is free.
    #[inline]
    pub(crate) fn free(&self) -> Option<Lease<'_>> {
        self.inner.pool.free()
    }

    /// A connection, once one is free.
    pub(crate) fn wait(&self) -> impl Future<Output = Result<Lease<'_>>> + Send {
        self.inner.pool.wait()
    }

    /// A connection, which may have to be waited for.
    pub(crate) async fn lease(&self) -> Result<Lease<'_>> {
        match self.free() {
            Some(lease) => Ok(lease),
            None => self.wait().await,
        }
    }

    pub(crate) fn slow_query(&self) -> Option<Duration> {
        self.inner.pool.settings().slow_query
    }

    /// Whether statements are sent without a name, for poolers.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.inner.pool.shared().is_unnamed()
    }

    pub(crate) fn id(&self) -> u64 {
        self.inner.pool.settings().database
    }
}

impl Sealed for Database {
    fn caller(&self) -> Caller<'_> {
        Caller::new(Place::Pool(self))
    }
}

impl Executor for Database {}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address is left out, since the password stands beside it.
        let metrics = self.metrics();
        f.debug_struct("Database")
            .field("connections", &metrics.size)
            .field("max_connections", &metrics.max_size)
            .finish_non_exhaustive()
    }
}
