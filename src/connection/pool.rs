//! The pool: who gets a connection, which are kept, and how they return.

use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{
    self, Metrics, Object, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
};
use deadpool::managed::{TimeoutType, Timeouts, WeakPool};

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
            // How long connecting may take is up to who connects, which knows how many servers there are.
            timeouts: Timeouts { wait: Some(settings.acquire_timeout), create: None, recycle: None },
            // The connections that were used last have most statements prepared and are the likeliest to live.
            queue_mode: QueueMode::Lifo,
        };
        let manager =
            Manager { shared: Arc::new(shared), settings, pool: OnceLock::new(), tended: OnceLock::new() };
        let pool = managed::Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build();
        let pool = pool.expect("a pool with timeouts needs a runtime, which it has");
        // It is new, and nobody else has set it.
        let _ = pool.manager().pool.set(pool.weak());
        Pool(pool)
    }

    /// A connection, once there is one.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        /// Where a connection is free no timer is needed.
        const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let mut object = self.0.timeout_get(&AT_ONCE).await;
        if let Err(PoolError::Timeout(TimeoutType::Wait)) = object {
            object = self.0.timeout_get(&self.0.timeouts()).await;
        }
        match object {
            Ok(object) => Ok(Lease { object: Some(object), busy: false }),
            Err(error) => Err(self.failed(error)),
        }
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

    fn failed(&self, error: PoolError<Error>) -> Error {
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
    /// Ends who looks after them, when the pool is dropped.
    tended: OnceLock<Sender<()>>,
}

impl managed::Manager for Manager {
    /// Boxed, since connections move in and out of the pool with every call.
    type Type = Box<Connection>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Connection>> {
        self.tend();
        // Boxed, since whoever asks for a connection has room for all that this takes, and seldom needs it.
        let (client, number) = Box::pin(self.shared.open()).await?;
        let lifetime = self.settings.max_lifetime;
        Ok(Box::new(Connection {
            client,
            statements: Statements::default(),
            database: self.settings.database,
            slow_query: self.settings.slow_query,
            local: self.settings.local.clone(),
            expires: lifetime.and_then(|lifetime| Instant::now().checked_add(spread(lifetime))),
            number,
            shared: self.shared.clone(),
        }))
    }

    async fn recycle(&self, connection: &mut Box<Connection>, metrics: &Metrics) -> RecycleResult<Error> {
        match self.keeps(connection, metrics, Instant::now()) {
            true => Ok(()),
            false => Err(RecycleError::message("it is closed, or old, or was idle for long")),
        }
    }
}

impl Manager {
    /// Whether the connection can be used, and is neither too old nor was idle for too long.
    #[inline]
    fn keeps(&self, connection: &Connection, metrics: &Metrics, now: Instant) -> bool {
        let used = metrics.recycled.unwrap_or(metrics.created);
        !connection.client().is_closed()
            && connection.expires.is_none_or(|end| now < end)
            && self.settings.idle_timeout.is_none_or(|limit| now.duration_since(used) < limit)
    }

    /// Has connections closed that are old while nobody asks for one, for as long as the pool is there. A thread does it:
    /// a runtime with a timer looks at it whenever it waits for an answer.
    fn tend(&self) {
        let PoolSettings { max_lifetime, idle_timeout, .. } = self.settings;
        let Some(period) = [max_lifetime, idle_timeout].into_iter().flatten().min() else { return };
        let Some(pool) = self.pool.get().and_then(WeakPool::upgrade).map(|pool| pool.weak()) else { return };
        self.tended.get_or_init(|| {
            let (tended, dropped) = mpsc::channel();
            let period = (period / 4).clamp(Duration::from_millis(10), Duration::from_secs(30));
            let tend = move || {
                while let Err(RecvTimeoutError::Timeout) = dropped.recv_timeout(period) {
                    let Some(pool) = pool.upgrade() else { return };
                    let now = Instant::now();
                    pool.retain(|connection, metrics| pool.manager().keeps(connection, &metrics, now));
                }
            };
            // Without it they are closed when somebody asks for a connection.
            let _ = thread::Builder::new().name("sqlward-pool".to_owned()).spawn(tend);
            tended
        });
    }
}

/// A connection on loan from the pool.
///
/// It returns there only when nothing is under way on it. One that is dropped amid a call or a transaction is abandoned,
/// upon which the server rolls back, so that nobody is ever handed somebody else's transaction or has to wait for the
/// end of a statement that nobody listens to.
pub(crate) struct Lease {
    object: Option<Object<Manager>>,
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
        self.object.as_ref().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.object.take()
            && self.busy
        {
            Object::take(object).abandon();
        }
    }
}

/// Up to a tenth less, by chance, so that connections that were made together do not end together.
fn spread(lifetime: Duration) -> Duration {
    // The seed of a hash map is the chance that the standard library has.
    let chance = RandomState::new().hash_one(lifetime) % 1000;
    lifetime - lifetime / 10_000 * chance as u32
}
