//! The connection pool: how connections are handed out, kept and returned.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use deadpool::managed::{
    self, Metrics, Object, PoolConfig, QueueMode, RecycleError, RecycleResult, Timeouts,
};

use super::age::Age;
use super::queue::{Queue, Unserved};
use super::{BEGIN, Connection, Preamble, Shared};
use crate::statements::Statements;
use crate::{Error, PoolMetrics, Result};

/// The connections of a database.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    settings: PoolSettings,
    slots: managed::Pool<Manager>,
    queue: Arc<Queue<Slot>>,
    /// Whether the queue's thread runs, once it was needed.
    is_watched: OnceLock<bool>,
}

/// The settings of a pool.
pub(crate) struct PoolSettings {
    /// Identifies the [`Database`](crate::Database).
    pub(crate) database: u64,
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) slow_query: Option<Duration>,
    /// Statements sent after BEGIN.
    pub(crate) local: Arc<[String]>,
}

impl Pool {
    pub(crate) fn new(shared: Shared, settings: PoolSettings) -> Pool {
        let config = PoolConfig {
            max_size: settings.max_connections,
            timeouts: Timeouts::default(),
            // Recently used connections have the most statements prepared, and are the least likely to be broken.
            queue_mode: QueueMode::Lifo,
        };
        let slots = managed::Pool::builder(Manager).config(config).build();
        Pool {
            shared: Arc::new(shared),
            slots: slots.expect("only a pool with timeouts needs a runtime"),
            queue: Arc::new(Queue::new(settings.acquire_timeout)),
            is_watched: OnceLock::new(),
            settings,
        }
    }

    /// A connection, if one is free and there are no waiters. Not async: a future would enlarge that of each call.
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
            // Closed first, so that a slot never has two connections.
            *held = None;
            // Boxed, since it is large and seldom needed, and would enlarge the future of each call.
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
        /// What an answer may take beyond the server's own limit.
        const GRACE: Duration = Duration::from_secs(5);
        let PoolSettings { database, max_lifetime, idle_timeout, slow_query, ref local, .. } = self.settings;
        let (client, next_preambles, number) = self.shared.open().await?;
        Ok(Box::new(Connection {
            client,
            statements: Statements::default(),
            database,
            slow_query,
            begin: Preamble::transaction(BEGIN, local),
            local: local.clone(),
            next_preambles,
            requests: AtomicU64::new(0),
            patience: self.shared.statement_timeout.map(|timeout| timeout.saturating_add(GRACE)),
            age: Age::new(Instant::now(), max_lifetime.map(spread), idle_timeout),
            number,
            shared: self.shared.clone(),
        }))
    }

    /// Whether the queue has its thread, which also closes connections that are too old or were idle for too long. Without
    /// it, they are closed when they would be handed out.
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

    /// How the pool is used at the moment.
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

    /// Closes free connections at once and the others when they are returned. No more are handed out.
    pub(crate) fn close(&self) {
        self.slots.close();
        self.queue.close();
    }

    /// The number of connections.
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

/// Decides which connections are reused. A new slot is empty: the caller connects, so that the limit for waiting does not
/// include connecting.
struct Manager;

/// The content of a slot. Boxed, since it moves in and out of the pool with every call.
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
            Err(RecycleError::message("it is closed, too old, or was idle for too long"))
        }
    }
}

/// A slot taken out of the pool. Dropping it returns it with its connection. An empty one is removed instead, so that it is
/// not preferred to slots with connections.
struct Slot(Option<Object<Manager>>);

impl Drop for Slot {
    #[inline]
    fn drop(&mut self) {
        if let Some(None) = self.0.as_deref() {
            drop(self.0.take().map(Object::take));
        }
    }
}

/// Marks the connection as used, if there is one that can be handed out.
#[inline]
fn take_up(held: &mut Held) -> bool {
    let now = Instant::now();
    held.as_mut()
        .filter(|connection| connection.is_fresh(now))
        .map(|connection| connection.age.used(now))
        .is_some()
}

/// A connection on loan from the pool.
///
/// It is returned only if it is not in use. If a call or a transaction is dropped midway, its connection is abandoned and
/// the server rolls back: no caller ever inherits an open transaction, or waits for a statement whose result nobody
/// reads.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    slot: Slot,
    busy: bool,
}

impl Lease<'_> {
    /// It is in use from here on.
    pub(crate) fn begin(&mut self) {
        self.busy = true;
    }

    /// It is not in use any more.
    pub(crate) fn finish(&mut self) {
        self.busy = false;
    }

    #[inline]
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

/// The lifetime less a random part of up to a tenth, so that connections opened together are not closed together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the standard library's source of randomness.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
