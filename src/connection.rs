//! Connections, and how they leave the pool and return to it.

mod age;
mod opaque;
mod open;
mod pool;
mod queue;
mod shared;
mod wire;

use std::future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::runtime::Handle;
use tokio_postgres::Client;

use age::Age;

use crate::Error;
use crate::statements::Statements;

pub(crate) use opaque::OPAQUE;
pub(crate) use open::Opener;
pub(crate) use pool::{Lease, Pool, PoolSettings};
pub(crate) use queue::Unserved;
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
    /// How long an answer of the server can take, where it knows how long a statement may take: a server that says
    /// nothing well after that is not there any more.
    pub(crate) patience: Option<Duration>,
    age: Age,
    number: u64,
    shared: Arc<Shared>,
}

impl Connection {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether it can be handed out: it is open, and neither too old nor was idle for too long.
    #[inline]
    fn is_fresh(&self, now: Instant) -> bool {
        !self.client.is_closed() && self.age.is_fresh(now)
    }

    /// Whether statements are sent without a name, for poolers.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.shared.is_unnamed()
    }

    /// How long a statement may take where the server cannot be told.
    #[inline]
    pub(crate) fn statement_limit(&self) -> Option<Duration> {
        self.shared.statement_timeout.filter(|_| self.shared.mode.is_pooled())
    }

    /// The server does not answer any more, so that the connection is closed.
    pub(crate) fn unheard(&self) -> Error {
        self.close();
        Error::unheard()
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

/// What is waited for, unless that takes longer than the limit. No timer is made where there is no limit, or nothing to
/// wait for.
#[inline]
pub(crate) fn within<F: Future>(
    limit: Option<Duration>,
    mut future: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>> {
    let mut timer = None;
    future::poll_fn(move |cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        let Some(limit) = limit else { return Poll::Pending };
        let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        timer.as_mut().poll(cx).map(|()| None)
    })
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.forget(self.number);
    }
}
