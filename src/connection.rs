//! Connections, and how they leave the pool and return to it.

use std::ops::Deref;
use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleResult};
use deadpool_postgres::ClientWrapper;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_postgres::{CancelToken, Client};

use crate::statements::Statements;

/// A connection with the statements that are prepared on it.
pub(crate) struct Connection {
    client: ClientWrapper,
    pub(crate) statements: Statements,
    /// Which database handed it out.
    pub(crate) database: u64,
    /// How long a query may take before it is warned of.
    pub(crate) slow_query: Option<Duration>,
    cancel: Cancel,
}

/// Asks the server, over a connection of its own, to stop what another one is doing.
pub(crate) type Cancel = fn(CancelToken) -> BoxFuture<'static, Result<(), tokio_postgres::Error>>;

impl Connection {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the connection, and has the server stop what it is doing there: it would notice the end of a connection
    /// only when it is done.
    fn abandon(self) {
        if let Ok(runtime) = Handle::try_current()
            && !self.client.is_closed()
        {
            let cancel = (self.cancel)(self.client.cancel_token());
            // Should this fail, the server finishes the statement.
            runtime.spawn(tokio::time::timeout(Duration::from_secs(5), cancel));
        }
    }
}

/// Makes connections as `deadpool-postgres` does, each with its statements beside it.
pub(crate) struct Manager {
    pub(crate) connect: deadpool_postgres::Manager,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) slow_query: Option<Duration>,
    pub(crate) database: u64,
    pub(crate) cancel: Cancel,
}

impl managed::Manager for Manager {
    /// Boxed, since connections move in and out of the pool with every call.
    type Type = Box<Connection>;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Box<Connection>, tokio_postgres::Error> {
        let client = self.connect.create().await?;
        if let Some(timeout) = self.statement_timeout {
            // A statement and not a start-up option, which poolers refuse.
            client.batch_execute(&format!("set statement_timeout = {}", timeout.as_millis())).await?;
        }
        let (database, slow_query, cancel) = (self.database, self.slow_query, self.cancel);
        Ok(Box::new(Connection { client, statements: Statements::default(), database, slow_query, cancel }))
    }

    async fn recycle(
        &self,
        connection: &mut Box<Connection>,
        metrics: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        self.connect.recycle(&mut connection.client, metrics).await
    }

    fn detach(&self, connection: &mut Box<Connection>) {
        self.connect.detach(&mut connection.client);
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
    pub(crate) fn new(object: Object<Manager>) -> Lease {
        Lease { object: Some(object), busy: false }
    }

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
