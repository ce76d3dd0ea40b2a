//! Connections and their pool.

mod age;
mod opaque;
mod open;
mod pool;
mod preamble;
mod queue;
mod shared;
mod wire;

use std::future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::runtime::Handle;
use tokio_postgres::Client;

use age::Age;
use preamble::NextPreambles;

use crate::Error;
use crate::statements::Statements;

pub(crate) use opaque::OPAQUE;
pub(crate) use open::Opener;
pub(crate) use pool::{Lease, Pool, PoolSettings};
pub(crate) use preamble::Preamble;
pub(crate) use queue::Unserved;
pub(crate) use shared::Shared;

/// How a transaction begins, if it has no options.
pub(crate) const BEGIN: &str = "start transaction";

/// A connection and the statements prepared on it.
pub(crate) struct Connection {
    client: ClientWrapper,
    pub(crate) statements: Statements,
    /// Identifies the [`Database`](crate::Database) it belongs to.
    pub(crate) database: u64,
    /// [`BEGIN`] and [`local`](Connection::local).
    pub(crate) begin: Preamble,
    /// Statements sent after BEGIN, where a pooler does not keep the settings of a session.
    pub(crate) local: Arc<[String]>,
    next_preambles: Arc<NextPreambles>,
    /// How many there were, or a few more. It tells whether there was one at all.
    requests: AtomicU64,
    /// The duration from which a query is logged as slow.
    pub(crate) slow_query: Option<Duration>,
    /// How long an answer can take if the server enforces a limit for statements. A server that is silent for longer is
    /// gone.
    pub(crate) patience: Option<Duration>,
    age: Age,
    number: u64,
    shared: Arc<Shared>,
}

/// When [`precede`](Connection::precede) was called.
#[derive(Clone, Copy)]
pub(crate) struct Preceded {
    requests: u64,
}

impl Connection {
    /// The client, for a request.
    pub(crate) fn client(&self) -> &Client {
        self.requests.fetch_add(1, Ordering::Relaxed);
        &self.client
    }

    /// Sends the statements ahead of the next request, in the same message.
    pub(crate) fn precede(&self, preamble: Preamble) -> Preceded {
        self.next_preambles.push(preamble);
        Preceded { requests: self.requests.load(Ordering::Relaxed) }
    }

    /// Takes back the statements that should have preceded a request, if there was none. Not if there was one and its call was
    /// dropped: it may be on its way.
    pub(crate) fn nothing_followed(&self, preceded: Preceded) -> bool {
        self.requests.load(Ordering::Relaxed) == preceded.requests && self.next_preambles.pop()
    }

    /// Whether it can be handed out: it is open, not too old, and was not idle for too long.
    #[inline]
    fn is_fresh(&self, now: Instant) -> bool {
        !self.client.is_closed() && self.age.is_fresh(now)
    }

    /// Whether statements are sent unnamed, for poolers.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.shared.is_unnamed()
    }

    /// The limit for a statement where the server does not enforce it.
    #[inline]
    pub(crate) fn statement_limit(&self) -> Option<Duration> {
        self.shared.statement_timeout.filter(|_| self.shared.mode.is_pooled())
    }

    /// The server does not answer any more: closes the connection.
    pub(crate) fn unheard(&self) -> Error {
        self.close();
        Error::unheard()
    }

    /// Closes the connection, whatever runs on it.
    pub(crate) fn close(&self) {
        self.shared.close(self.number);
    }

    /// Closes the connection and cancels what runs on it: by itself, the server would notice only when the statement has
    /// ended.
    fn abandon(self) {
        self.shared.counts.abandoned.fetch_add(1, Ordering::Relaxed);
        if let Ok(runtime) = Handle::try_current()
            && !self.client().is_closed()
        {
            // A pooler forwards the request only while the connection exists, so it is closed after an answer to it.
            runtime.spawn(tokio::time::timeout(Duration::from_secs(5), async move {
                self.shared.cancel(self.number).await;
                let _ = self.client().batch_execute("").await;
            }));
        }
    }
}

/// The output of the future, or `None` if it takes longer than the limit. A timer is created only if there is a limit and
/// the future is not ready at once.
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
