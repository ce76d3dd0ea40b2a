//! Where queries run that only read.

use crate::call::{Caller, Place};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Database, PoolMetrics, Result};

/// The replica of a [`Database`], made by [`Database::replica`]. It takes the queries that only read: for the others it
/// is no [`Writer`](crate::Writer), and the server refuses them too.
#[derive(Debug, Clone, Copy)]
pub struct Replica<'a>(&'a Database);

impl<'a> Replica<'a> {
    pub(super) fn new(database: &'a Database) -> Replica<'a> {
        Replica(database)
    }

    /// Whether it answers, as [`Database::ping`].
    pub async fn ping(&self) -> Result<()> {
        self.0.ping().await
    }

    /// How its pool is used.
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
