//! Connections, and how they leave the pool and return to it.

mod opaque;
mod open;
mod pool;
mod shared;
mod wire;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::runtime::Handle;
use tokio_postgres::Client;

use crate::statements::Statements;

pub(crate) use opaque::OPAQUE;
pub(crate) use open::Opener;
pub(crate) use pool::{Lease, Pool, PoolSettings};
pub(crate) use shared::Shared;

/// A connection with the statements that are prepared on it.
pub(crate) struct Connection {
    client: ClientWrapper,
    pub(crate) statements: Statements,
    /// Which database handed it out.
    pub(crate) database: u64,
    /// What a transaction begins with, where the session itself cannot be told.
    pub(crate) local: Arc<str>,
    /// How long a query may take before it is warned of.
    pub(crate) slow_query: Option<Duration>,
    /// When it has lived long enough.
    expires: Option<Instant>,
    number: u64,
    shared: Arc<Shared>,
}

impl Connection {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether statements are sent without a name, for poolers.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.shared.is_unnamed()
    }

    /// How long a statement may take where the server cannot be told.
    pub(crate) fn statement_limit(&self) -> Option<Duration> {
        self.shared.statement_timeout.filter(|_| self.shared.mode.is_pooled())
    }

    /// Whether there is no limit to how long an answer may take.
    pub(crate) fn waits_for_ever(&self) -> bool {
        self.shared.statement_timeout.is_none()
    }

    /// Waits for an answer of the server, but not for ever where it knows how long a statement may take: a server that
    /// says nothing well after that is not there any more. Then it is `None`, and the connection is closed.
    pub(crate) async fn hear<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        /// For the way of the answer.
        const GRACE: Duration = Duration::from_secs(5);
        let Some(timeout) = self.shared.statement_timeout else { return Some(answer.await) };
        let heard = tokio::time::timeout(timeout.saturating_add(GRACE), answer).await.ok();
        if heard.is_none() {
            self.shared.close(self.number);
        }
        heard
    }

    /// Closes the connection, whatever is under way on it.
    pub(crate) fn close(&self) {
        self.shared.close(self.number);
    }

    /// Closes the connection, and has the server stop what it is doing there: it would notice the end of a connection
    /// only when it is done.
    fn abandon(self) {
        self.shared.counts.abandoned.fetch_add(1, Ordering::Relaxed);
        if let Ok(runtime) = Handle::try_current()
            && !self.client().is_closed()
        {
            // A pooler passes on what is asked only while the connection is there: so it goes when it has answered.
            runtime.spawn(tokio::time::timeout(Duration::from_secs(5), async move {
                self.shared.cancel(self.number).await;
                let _ = self.client().batch_execute("").await;
            }));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.forget(self.number);
    }
}
