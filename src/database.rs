//! The database that an application works on.

mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::Pool;

use crate::call::{Caller, Place};
use crate::connection::{Lease, Manager};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Error, Result, ServiceKey};

pub use builder::Builder;

/// A pool of connections to a database. Cloning it is cheap and gives the same pool.
///
/// A query that runs on it directly is on its own; several that belong together run in a
/// [`transaction`](Database::transaction). The first connection is made by the first query.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Manager>,
    id: u64,
    size: usize,
    acquire_timeout: Duration,
    slow_query: Option<Duration>,
}

impl Database {
    /// Opens the database of a connection string, `postgres://user:password@host/name` or `host=... dbname=...`, with
    /// the settings of a new [`Builder`].
    pub fn open(url: &str) -> Result<(Database, ServiceKey)> {
        Ok(Builder::from_url(url)?.open())
    }

    /// Opens the database that the environment variable `DATABASE_URL` names.
    pub fn from_env() -> Result<(Database, ServiceKey)> {
        Ok(Builder::from_env()?.open())
    }

    /// A database with other settings.
    pub fn builder(config: tokio_postgres::Config) -> Builder {
        Builder::new(config)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut lease = self.lease().await?;
        lease.begin();
        lease.client().batch_execute("").await.map_err(Error::call)?;
        lease.finish();
        Ok(())
    }

    /// Closes the pool: no query can begin any more, connections that are free are closed, and the others when what
    /// is under way on them has ended, which this waits for.
    pub async fn close(&self) {
        let pool = &self.inner.pool;
        pool.close();
        while pool.status().size > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn lease(&self) -> Result<Lease> {
        let Inner { pool, size, acquire_timeout, .. } = &*self.inner;
        match pool.get().await {
            Ok(object) => Ok(Lease::new(object)),
            Err(error) => Err(Error::acquire(error, *size, *acquire_timeout)),
        }
    }

    pub(crate) fn slow_query(&self) -> Option<Duration> {
        self.inner.slow_query
    }

    pub(crate) fn id(&self) -> u64 {
        self.inner.id
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
        // Where it is stays out, since that stands beside the password.
        let status = self.inner.pool.status();
        f.debug_struct("Database")
            .field("connections", &status.size)
            .field("max_connections", &self.inner.size)
            .finish_non_exhaustive()
    }
}
