//! The pool: which connections are free, who gets the next, and which are too old to be kept.

use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

use super::{Connection, Shared};
use crate::statements::Statements;
use crate::{Error, PoolMetrics, Result};

/// The connections of a database.
pub(crate) struct Pool {
    pub(crate) shared: Arc<Shared>,
    pub(crate) settings: PoolSettings,
    /// One for each connection that there may be. Who has one is given a connection that is free or, where none is, makes
    /// one. Who waits for one is served in turn.
    permits: Semaphore,
    slots: Mutex<Slots>,
    waiting: AtomicUsize,
    /// Ends who looks after connections that nobody asks for, when the pool is dropped.
    tended: OnceLock<Sender<()>>,
}

/// What a pool is told when it is opened.
pub(crate) struct PoolSettings {
    /// The number of the database.
    pub(crate) database: u64,
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) slow_query: Option<Duration>,
    /// What transactions begin with.
    pub(crate) local: Arc<str>,
}

#[derive(Default)]
struct Slots {
    /// The one that was used last is taken first: it has most statements prepared and is the likeliest to live. Boxed,
    /// since they come and go with every call.
    free: Vec<Box<Connection>>,
    /// How many connections there are, free or in use.
    size: usize,
    closed: bool,
}

impl Pool {
    pub(crate) fn new(shared: Shared, settings: PoolSettings) -> Pool {
        Pool {
            shared: Arc::new(shared),
            permits: Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)),
            settings,
            slots: Mutex::default(),
            waiting: AtomicUsize::new(0),
            tended: OnceLock::new(),
        }
    }

    /// A connection, once there is one.
    pub(crate) async fn lease(self: &Arc<Pool>) -> Result<Lease<'_>> {
        let permit = match self.permits.try_acquire() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => self.wait().await?,
            Err(TryAcquireError::Closed) => return Err(Error::pool_closed()),
        };
        let connection = match self.take() {
            Some(connection) => connection,
            // Boxed, since whoever asks for a connection has room for all that this takes, and seldom needs it.
            None => Box::pin(self.connect()).await?,
        };
        // It comes back with the connection.
        permit.forget();
        Ok(Lease { connection: Some(connection), busy: false, pool: self })
    }

    /// How it is used.
    pub(crate) fn metrics(&self) -> PoolMetrics {
        let (size, available) = {
            let slots = self.slots();
            (slots.size, slots.free.len())
        };
        let counts = &self.shared.counts;
        PoolMetrics {
            max_size: self.settings.max_connections,
            size,
            available,
            in_use: size - available,
            waiting: self.waiting.load(Ordering::Relaxed),
            created: counts.created.load(Ordering::Relaxed),
            abandoned: counts.abandoned.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
        }
    }

    /// Closes connections that are free, and the others when they come back. Nobody is given one any more.
    pub(crate) fn close(&self) {
        self.permits.close();
        let free = {
            let mut slots = self.slots();
            slots.closed = true;
            slots.size -= slots.free.len();
            std::mem::take(&mut slots.free)
        };
        drop(free);
    }

    /// How many connections there are.
    pub(crate) fn size(&self) -> usize {
        self.slots().size
    }

    async fn wait(&self) -> Result<SemaphorePermit<'_>> {
        let _waiting = Waiting::begin(&self.waiting);
        let limit = self.settings.acquire_timeout;
        match tokio::time::timeout(limit, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Error::pool_closed()),
            Err(_) => Err(Error::pool_exhausted(self.settings.max_connections, limit)),
        }
    }

    /// A connection that is free, and that neither broke nor grew old meanwhile.
    fn take(&self) -> Option<Box<Connection>> {
        let now = Instant::now();
        loop {
            let mut connection = {
                let mut slots = self.slots();
                let connection = slots.free.pop()?;
                if connection.is_kept(now) {
                    connection
                } else {
                    slots.size -= 1;
                    drop(slots);
                    // Not while others wait for the lock.
                    drop(connection);
                    continue;
                }
            };
            connection.kept_until = self.kept_until(&connection, now);
            return Some(connection);
        }
    }

    async fn connect(self: &Arc<Pool>) -> Result<Box<Connection>> {
        self.tend();
        let (session, number) = self.shared.open().await?;
        let now = Instant::now();
        let lifetime = self.settings.max_lifetime;
        let mut connection = Box::new(Connection {
            session,
            statements: Statements::default(),
            database: self.settings.database,
            slow_query: self.settings.slow_query,
            local: self.settings.local.clone(),
            expires: lifetime.and_then(|lifetime| now.checked_add(spread(lifetime))),
            kept_until: None,
            number,
            shared: self.shared.clone(),
        });
        connection.kept_until = self.kept_until(&connection, now);
        let mut slots = self.slots();
        if slots.closed {
            return Err(Error::pool_closed());
        }
        slots.size += 1;
        Ok(connection)
    }

    fn put_back(&self, connection: Box<Connection>) {
        let refused = {
            let mut slots = self.slots();
            if slots.closed {
                slots.size -= 1;
                Some(connection)
            } else {
                slots.free.push(connection);
                None
            }
        };
        drop(refused);
        self.permits.add_permits(1);
    }

    /// The connection does not come back.
    fn lose(&self) {
        self.slots().size -= 1;
        self.permits.add_permits(1);
    }

    /// When a connection that was used now is too old, if nobody uses it again.
    fn kept_until(&self, connection: &Connection, now: Instant) -> Option<Instant> {
        let idle = self.settings.idle_timeout.and_then(|limit| now.checked_add(limit));
        [connection.expires, idle].into_iter().flatten().min()
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has connections closed that are old while nobody asks for one, for as long as the pool is there. A thread does it:
    /// a runtime with a timer looks at it whenever it waits for an answer.
    fn tend(self: &Arc<Pool>) {
        let PoolSettings { max_lifetime, idle_timeout, .. } = self.settings;
        let Some(period) = [max_lifetime, idle_timeout].into_iter().flatten().min() else { return };
        self.tended.get_or_init(|| {
            let (tended, dropped) = mpsc::channel();
            let pool = Arc::downgrade(self);
            let period = (period / 4).clamp(Duration::from_millis(10), Duration::from_secs(30));
            let tend = move || {
                while let Err(RecvTimeoutError::Timeout) = dropped.recv_timeout(period) {
                    let Some(pool) = pool.upgrade() else { return };
                    pool.weed();
                }
            };
            // Without it they are closed when somebody asks for a connection.
            let _ = thread::Builder::new().name("sqlward-pool".to_owned()).spawn(tend);
            tended
        });
    }

    /// Closes free connections that are not kept.
    fn weed(&self) {
        let now = Instant::now();
        let weeds: Vec<_> = {
            let mut slots = self.slots();
            let weeds: Vec<_> = slots.free.extract_if(.., |free| !free.is_kept(now)).collect();
            slots.size -= weeds.len();
            weeds
        };
        drop(weeds);
    }
}

/// Somebody waits for a connection, until this is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn begin(count: &AtomicUsize) -> Waiting<'_> {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection on loan from the pool.
///
/// It returns there only when nothing is under way on it. One that is dropped amid a call or a transaction is abandoned,
/// upon which the server rolls back, so that nobody is ever handed somebody else's transaction or has to wait for the
/// end of a statement that nobody listens to.
pub(crate) struct Lease<'a> {
    connection: Option<Box<Connection>>,
    busy: bool,
    pool: &'a Pool,
}

impl Lease<'_> {
    /// Something is under way from here on.
    pub(crate) fn begin(&mut self) {
        self.busy = true;
    }

    /// Nothing is under way any more.
    pub(crate) fn finish(&mut self) {
        self.busy = false;
    }
}

impl Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.busy {
            self.pool.lose();
            connection.abandon();
        } else {
            self.pool.put_back(connection);
        }
    }
}

/// Up to a tenth less, by chance, so that connections that were made together do not end together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the chance that the standard library has.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
