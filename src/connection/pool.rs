//! The pool: who gets a connection, which are kept, and how they return.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{
    self, Metrics, Object, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
};
use deadpool::managed::{TimeoutType, Timeouts, WeakPool};

use super::age::Age;
use super::timer::Timer;
use super::{Connection, Shared};
use crate::statements::Statements;
use crate::{Error, PoolMetrics, Result};

/// The connections of a database.
pub(crate) struct Pool(managed::Pool<Manager>);

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
            timeouts: Timeouts { wait: Some(settings.acquire_timeout), create: None, recycle: None },
            // The connections that were used last have most statements prepared and are the likeliest to live.
            queue_mode: QueueMode::Lifo,
        };
        let manager =
            Manager { shared: Arc::new(shared), settings, pool: OnceLock::new(), timer: OnceLock::new() };
        let pool = managed::Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build();
        let pool = pool.expect("a pool with timeouts needs a runtime, which it has");
        // It is new, and nobody else has set it.
        let _ = pool.manager().pool.set(pool.weak());
        Pool(pool)
    }

    /// A connection, if one is free. The pool itself waits for places alone, so that this is no future: whoever calls has no
    /// room for it, and nobody looks at the clock.
    pub(crate) fn free(&self) -> Option<Lease> {
        const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let place = pin!(self.0.timeout_get(&AT_ONCE)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(place)) = place else { return None };
        if place.is_none() {
            // Nobody is to find it in the pool, where there are connections.
            drop(Object::take(place));
            return None;
        }
        Some(Lease { place: Some(place), busy: false })
    }

    /// A connection, once there is one.
    pub(crate) async fn wait(&self) -> Result<Lease> {
        let place = self.place().await.map_err(|error| self.failed(error))?;
        // Until there is a connection in it, the place is given up when this is dropped.
        let mut lease = Lease { place: Some(place), busy: true };
        if let Some(connection @ None) = lease.place.as_deref_mut() {
            // Boxed, since whoever asks for a connection has room for all that this takes, and seldom needs it.
            *connection = Some(Box::pin(self.0.manager().connect()).await?);
        }
        lease.busy = false;
        Ok(lease)
    }

    /// A place, once somebody leaves one.
    async fn place(&self) -> Result<Object<Manager>, PoolError<Infallible>> {
        const FOR_EVER: Timeouts = Timeouts { wait: None, create: None, recycle: None };
        let Some(timer) = self.0.manager().timer() else { return self.0.get().await };
        let place = pin!(self.0.timeout_get(&FOR_EVER));
        timer.wait(place).await.unwrap_or(Err(PoolError::Timeout(TimeoutType::Wait)))
    }

    /// How it is used.
    pub(crate) fn metrics(&self) -> PoolMetrics {
        let status = self.0.status();
        let counts = &self.shared().counts;
        PoolMetrics {
            max_size: self.settings().max_connections,
            size: status.size,
            available: status.available,
            in_use: status.size - status.available,
            waiting: status.waiting,
            created: counts.created.load(Ordering::Relaxed),
            abandoned: counts.abandoned.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
        }
    }

    /// Closes connections that are free, and the others when they come back. Nobody is given one any more.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// How many connections there are.
    pub(crate) fn size(&self) -> usize {
        self.0.status().size
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.manager().shared
    }

    pub(crate) fn settings(&self) -> &PoolSettings {
        &self.0.manager().settings
    }

    fn failed(&self, error: PoolError<Infallible>) -> Error {
        let PoolSettings { max_connections, acquire_timeout, .. } = self.settings();
        Error::acquire(error, *max_connections, *acquire_timeout)
    }
}

/// What makes connections for the pool and decides which of them it keeps.
struct Manager {
    shared: Arc<Shared>,
    settings: PoolSettings,
    /// The pool itself, for whoever looks after connections that nobody asks for.
    pool: OnceLock<WeakPool<Manager>>,
    timer: OnceLock<Option<Timer>>,
}

impl managed::Manager for Manager {
    /// A place for a connection: who is given one that is empty connects, so that the time for waiting is not that for
    /// connecting. Boxed, since connections move in and out of the pool with every call.
    type Type = Option<Box<Connection>>;
    type Error = Infallible;

    async fn create(&self) -> Result<Option<Box<Connection>>, Infallible> {
        Ok(None)
    }

    async fn recycle(&self, place: &mut Option<Box<Connection>>, _: &Metrics) -> RecycleResult<Infallible> {
        let now = Instant::now();
        match place {
            Some(connection) if connection.is_fresh(now) => {
                connection.age.used(now);
                Ok(())
            }
            _ => Err(RecycleError::message("it is closed, or old, or was idle for long")),
        }
    }
}

impl Manager {
    async fn connect(&self) -> Result<Box<Connection>> {
        /// For the way of an answer.
        const GRACE: Duration = Duration::from_secs(5);
        let PoolSettings { database, max_lifetime, idle_timeout, slow_query, ref local, .. } = self.settings;
        self.timer();
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

    /// Who looks at the clock, also to have connections closed that are old while nobody asks for one. Where that is
    /// nobody, they are closed when somebody does.
    fn timer(&self) -> Option<&Timer> {
        let start = || {
            let PoolSettings { acquire_timeout, max_lifetime, idle_timeout, .. } = self.settings;
            let pool = self.pool.get().and_then(WeakPool::upgrade)?.weak();
            let least = [max_lifetime, idle_timeout].into_iter().flatten().min();
            let period =
                least.map(|least| (least / 4).clamp(Duration::from_millis(10), Duration::from_secs(30)));
            Timer::start(acquire_timeout, period, move || {
                let Some(pool) = pool.upgrade() else { return };
                let now = Instant::now();
                pool.retain(|place, _| place.as_ref().is_some_and(|connection| connection.is_fresh(now)));
            })
        };
        self.timer.get_or_init(start).as_ref()
    }
}

/// A connection on loan from the pool.
///
/// It returns there only when nothing is under way on it. One that is dropped amid a call or a transaction is abandoned,
/// upon which the server rolls back, so that nobody is ever handed somebody else's transaction or has to wait for the
/// end of a statement that nobody listens to.
pub(crate) struct Lease {
    place: Option<Object<Manager>>,
    busy: bool,
}

impl Lease {
    /// Something is under way from here on.
    pub(crate) fn begin(&mut self) {
        self.busy = true;
    }

    /// Nothing is under way any more.
    pub(crate) fn finish(&mut self) {
        self.busy = false;
    }
}

impl Deref for Lease {
    type Target = Connection;

    #[inline]
    fn deref(&self) -> &Connection {
        let connection = self.place.as_deref().and_then(Option::as_ref);
        connection.expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.busy
            && let Some(place) = self.place.take()
            && let Some(connection) = Object::take(place)
        {
            connection.abandon();
        }
    }
}

/// Up to a tenth less, by chance, so that connections that were made together do not end together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the chance that the standard library has.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
