//! What makes connections for the pool and decides which of them it keeps.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult, WeakPool};
use sqlward_connect::Place;
use tokio::task::AbortHandle;
use tokio_postgres::CancelToken;

use super::{Connection, Opener};
use crate::statements::Statements;
use crate::{Error, Result};

/// Makes the connections of a database, each with its statements beside it.
pub(crate) struct Manager {
    pub(crate) shared: Arc<Shared>,
    pub(crate) database: u64,
    pub(crate) slow_query: Option<Duration>,
    /// What transactions begin with.
    pub(crate) local: Arc<str>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    /// The pool itself, for whoever looks after connections that nobody asks for.
    pub(crate) pool: OnceLock<WeakPool<Manager>>,
    /// Ends who looks after them, when the pool is dropped.
    pub(crate) tended: OnceLock<Sender<()>>,
}

/// What the connections of a database have in common.
pub(crate) struct Shared {
    pub(crate) opener: Arc<Opener>,
    /// Whether statements are sent without a name, for poolers.
    pub(crate) unnamed: bool,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) counts: Counts,
    /// How to stop what is under way on each connection, in case nobody waits for it any longer.
    open: Mutex<HashMap<u64, Open>>,
}

/// How to get at a connection that is in use.
#[derive(Clone)]
struct Open {
    token: CancelToken,
    place: Place,
    task: AbortHandle,
}

/// What has happened so far.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) created: AtomicU64,
    pub(crate) abandoned: AtomicU64,
    pub(crate) failed: AtomicU64,
}

impl Shared {
    pub(crate) fn new(opener: Opener, unnamed: bool, statement_timeout: Option<Duration>) -> Shared {
        let (counts, open) = (Counts::default(), Mutex::default());
        Shared { opener: Arc::new(opener), unnamed, statement_timeout, counts, open }
    }

    /// Asks the server to stop what is under way on the connection of that number. If it does not hear, it finishes.
    pub(super) async fn cancel(&self, number: u64) {
        let found = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
        if let Some(Open { token, place, .. }) = found {
            let _ = self.opener.cancel(token, &place).await;
        }
    }

    /// Closes the connection of that number.
    pub(super) fn close(&self, number: u64) {
        if let Some(Open { task, .. }) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&number)
        {
            task.abort();
        }
    }

    /// Has the server stop what is under way, and closes whatever is open. How many connections there were.
    pub(crate) async fn sever(&self) -> usize {
        let open: Vec<Open> = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.values().cloned().collect()
        };
        let count = open.len();
        let severed = open.into_iter().map(async |Open { token, place, task }| {
            let cancel = self.opener.cancel(token, &place);
            let _ = tokio::time::timeout(Duration::from_secs(1), cancel).await;
            task.abort();
        });
        futures_util::future::join_all(severed).await;
        count
    }

    pub(super) fn forget(&self, number: u64) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }
}

impl managed::Manager for Manager {
    /// Boxed, since connections move in and out of the pool with every call.
    type Type = Box<Connection>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Connection>> {
        self.tend();
        let shared = &self.shared;
        // Boxed, since whoever asks for a connection has room for all that this takes, and seldom needs it.
        let (client, place, task) = Box::pin(shared.opener.open()).await.inspect_err(|_| {
            shared.counts.failed.fetch_add(1, Ordering::Relaxed);
        })?;
        let number = shared.counts.created.fetch_add(1, Ordering::Relaxed);
        let token = client.cancel_token();
        shared
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(number, Open { token, place, task });
        Ok(Box::new(Connection {
            client,
            statements: Statements::default(),
            database: self.database,
            slow_query: self.slow_query,
            local: self.local.clone(),
            expires: self.max_lifetime.map(|lifetime| Instant::now() + spread(lifetime)),
            number,
            shared: shared.clone(),
        }))
    }

    async fn recycle(&self, connection: &mut Box<Connection>, metrics: &Metrics) -> RecycleResult<Error> {
        if connection.client().is_closed() {
            return Err(RecycleError::message("it is closed"));
        }
        if self.is_old(connection, metrics) {
            return Err(RecycleError::message("it is old, or was idle for long"));
        }
        Ok(())
    }
}

impl Manager {
    fn is_old(&self, connection: &Connection, metrics: &Metrics) -> bool {
        let now = Instant::now();
        let used = metrics.recycled.unwrap_or(metrics.created);
        connection.expires.is_some_and(|expires| now >= expires)
            || self.idle_timeout.is_some_and(|timeout| now.saturating_duration_since(used) >= timeout)
    }

    /// Has connections closed that are old while nobody asks for one, for as long as the pool is there. A thread does it:
    /// a runtime with a timer looks at it whenever it waits for an answer.
    fn tend(&self) {
        let Some(period) = [self.max_lifetime, self.idle_timeout].into_iter().flatten().min() else { return };
        let Some(pool) = self.pool.get().and_then(WeakPool::upgrade).map(|pool| pool.weak()) else { return };
        self.tended.get_or_init(|| {
            let (tended, dropped) = mpsc::channel();
            let period = (period / 4).clamp(Duration::from_millis(10), Duration::from_secs(30));
            let tend = move || {
                while let Err(RecvTimeoutError::Timeout) = dropped.recv_timeout(period) {
                    let Some(pool) = pool.upgrade() else { return };
                    pool.retain(|connection, metrics| {
                        !connection.client().is_closed() && !pool.manager().is_old(connection, &metrics)
                    });
                }
            };
            // Without it they are closed when somebody asks for a connection.
            let _ = thread::Builder::new().name("sqlward-pool".to_owned()).spawn(tend);
            tended
        });
    }
}

/// Up to a tenth less, by chance, so that connections that were made together do not end together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the chance that the standard library has.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
