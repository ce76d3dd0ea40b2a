//! The pool: who gets a connection, which are kept, and how they return.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use deadpool::managed::{
    self, Metrics, Object, PoolConfig, QueueMode, RecycleError, RecycleResult, Timeouts,
};

use super::age::Age;
use super::queue::{Queue, Unserved};
use super::{Connection, Shared};
use crate::statements::Statements;
use crate::{Error, PoolMetrics, Result};

/// The connections of a database.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    settings: PoolSettings,
    slots: managed::Pool<Manager>,
    queue: Arc<Queue<Slot>>,
    /// Whether somebody ends waits that last too long, once that has been tried.
    is_watched: OnceLock<bool>,
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

impl Pool {
    pub(crate) fn new(shared: Shared, settings: PoolSettings) -> Pool {
        let config = PoolConfig {
            max_size: settings.max_connections,
            timeouts: Timeouts::default(),
            // The connections that were used last have most statements prepared and are the likeliest to live.
            queue_mode: QueueMode::Lifo,
        };
        let slots = managed::Pool::builder(Manager).config(config).build();
        Pool {
            shared: Arc::new(shared),
            slots: slots.expect("a pool needs a runtime if it has timeouts, which it does not"),
            queue: Arc::new(Queue::new(settings.acquire_timeout)),
            is_watched: OnceLock::new(),
            settings,
        }
    }

    /// A connection, if one is free and nobody waits. No future, since a future has to have room wherever it is kept.
    pub(crate) fn free(&self) -> Option<Lease<'_>> {
        if self.queue.len() > 0 {
            return None;
        }
        let lease = Lease { pool: self, slot: self.slot()?, busy: false };
        lease.connection().is_some().then_some(lease)
    }

    /// A connection, once there is one.
    pub(crate) async fn wait(&self) -> Result<Lease<'_>> {
        let slot = self.queue.wait(|| self.slot());
        let slot = if self.is_watched() {
            slot.await
        } else {
            let limit = tokio::time::timeout(self.settings.acquire_timeout, slot);
            limit.await.unwrap_or(Err(Unserved::Over))
        };
        let PoolSettings { max_connections, acquire_timeout, .. } = self.settings;
        let slot = slot.map_err(|why| Error::unserved(why, max_connections, acquire_timeout))?;
        let mut lease = Lease { pool: self, slot, busy: false };
        if let Some(held) = lease.slot.0.as_deref_mut()
            && !take_up(held)
        {
            // The server is not to have two for one slot.
            *held = None;
            // Boxed, so that waiting does not reserve room for connecting, which is seldom needed.
            *held = Some(Box::pin(self.connect()).await?);
        }
        Ok(lease)
    }

    /// A slot, if one is free.
    fn slot(&self) -> Option<Slot> {
        const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let slot = pin!(self.slots.timeout_get(&AT_ONCE)).poll(&mut Context::from_waker(Waker::noop()));
        match slot {
            Poll::Ready(Ok(slot)) => Some(Slot(Some(slot))),
            Poll::Ready(Err(_)) | Poll::Pending => None,
        }
    }

    async fn connect(&self) -> Result<Box<Connection>> {
        /// For the way of an answer.
        const GRACE: Duration = Duration::from_secs(5);
        let PoolSettings { database, max_lifetime, idle_timeout, slow_query, ref local, .. } = self.settings;
        let (client, number) = self.shared.open().await?;
        Ok(Box::new(Connection {
            client,
            statements: Statements::default(),
            database,
            slow_query,
            local: local.clone(),
            patience: self.shared.statement_timeout.map(|timeout| timeout.saturating_add(GRACE)),
            age: Age::new(Instant::now(), max_lifetime.map(spread), idle_timeout),
            number,
            shared: self.shared.clone(),
        }))
    }

    /// Whether there is a thread that ends waits, which also closes connections that are old while nobody asks for one.
    /// Where there can be none, those are closed when somebody does.
    fn is_watched(&self) -> bool {
        *self.is_watched.get_or_init(|| {
            let PoolSettings { max_lifetime, idle_timeout, .. } = self.settings;
            let least = [max_lifetime, idle_timeout].into_iter().flatten().min();
            let period =
                least.map(|least| (least / 4).clamp(Duration::from_millis(10), Duration::from_secs(30)));
            let slots = self.slots.weak();
            let tend = move || {
                let Some(slots) = slots.upgrade() else { return };
                let now = Instant::now();
                slots.retain(|held, _| held.as_ref().is_some_and(|connection| connection.is_fresh(now)));
            };
            self.queue.watch(period, tend).is_ok()
        })
    }

    /// How it is used.
    pub(crate) fn metrics(&self) -> PoolMetrics {
        let status = self.slots.status();
        let counts = &self.shared.counts;
        PoolMetrics {
            max_size: self.settings.max_connections,
            size: status.size,
            available: status.available,
            in_use: status.size - status.available,
            waiting: self.queue.len(),
            created: counts.created.load(Ordering::Relaxed),
            abandoned: counts.abandoned.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
        }
    }

    /// Closes connections that are free, and the others when they come back. Nobody is given one any more.
    pub(crate) fn close(&self) {
        self.slots.close();
        self.queue.close();
    }

    /// How many connections there are.
    pub(crate) fn size(&self) -> usize {
        self.slots.status().size
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn settings(&self) -> &PoolSettings {
        &self.settings
    }
}

impl Drop for Pool {
    /// Ends the thread.
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Decides which connections the pool keeps. A slot is made without one: whoever is given it connects, so that the time for
/// waiting is not that for connecting.
struct Manager;

/// What a slot holds: a connection, if there is one. Boxed, since it moves in and out of the pool with every call.
type Held = Option<Box<Connection>>;

impl managed::Manager for Manager {
    type Type = Held;
    type Error = Infallible;

    async fn create(&self) -> Result<Held, Infallible> {
        Ok(None)
    }

    async fn recycle(&self, held: &mut Held, _: &Metrics) -> RecycleResult<Infallible> {
        if take_up(held) {
            Ok(())
        } else {
            Err(RecycleError::message("it is closed, or old, or was idle for long"))
        }
    }
}

/// A slot that is taken out of the pool. It goes back there with its connection, and is given up where it has none, so that
/// nobody finds it in the place of one that has.
struct Slot(Option<Object<Manager>>);

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take()
            && slot.is_none()
        {
            drop(Object::take(slot));
        }
    }
}

/// Takes up what the slot holds, if it is a connection that can be handed out.
fn take_up(held: &mut Held) -> bool {
    let now = Instant::now();
    held.as_mut()
        .filter(|connection| connection.is_fresh(now))
        .map(|connection| connection.age.used(now))
        .is_some()
}

/// A connection on loan from the pool.
///
/// It returns there only when nothing is under way on it. One that is dropped amid a call or a transaction is abandoned,
/// upon which the server rolls back, so that nobody is ever handed somebody else's transaction or has to wait for the
/// end of a statement that nobody listens to.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    slot: Slot,
    busy: bool,
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

    fn connection(&self) -> Option<&Connection> {
        self.slot.0.as_deref()?.as_deref()
    }
}

impl Deref for Lease<'_> {
    type Target = Connection;

    #[inline]
    fn deref(&self) -> &Connection {
        self.connection().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut slot = mem::replace(&mut self.slot, Slot(None));
        if self.busy
            && let Some(connection) = slot.0.as_deref_mut().and_then(Option::take)
        {
            connection.abandon();
        }
        self.pool.queue.pass(slot);
    }
}

/// Up to a tenth less, by chance, so that connections that were made together do not end together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the chance that the standard library has.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
