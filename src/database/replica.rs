//! Where queries that only read can run.

use crate::call::{Caller, Place};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Database, PoolMetrics, Result};

/// The replica of a [`Database`], made by [`Database::replica`]. It takes queries that only read: it is not a
/// [`Writer`](crate::Writer), and the server refuses writes as well.
#[derive(Debug, Clone, Copy)]
pub struct Replica<'a>(&'a Database);

impl<'a> Replica<'a> {
    pub(super) fn new(database: &'a Database) -> Replica<'a> {
        Replica(database)
    }

    /// Whether it answers, like [`Database::ping`].
    pub async fn ping(&self) -> Result<()> {
        self.0.ping().await
    }

    /// The state of its pool.
    pub fn metrics(&self) -> PoolMetrics {
        self.0.metrics()
    }
}

impl Sealed for Replica<'_> {
    fn caller(&self) -> Caller<'_> {
        Caller::new(Place::Pool(self.0))
    }
}

impl Executor for Replica<'_> {}
