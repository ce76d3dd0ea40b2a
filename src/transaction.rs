//! Transactions.

mod options;
mod retry;

use std::fmt;

use futures_util::FutureExt;

use crate::call::{Caller, Place};
use crate::connection::Connection;
use crate::executor::{Executor, sealed::Sealed};
use crate::{Database, Error, ErrorKind, Result};

pub use options::TransactionOptions;
pub use retry::{Retryable, retry};

/// A transaction, for as long as the closure runs that was given to [`Database::transaction`].
pub struct Transaction<'a> {
    connection: &'a Connection,
    /// 0 for the transaction itself, from 1 for the savepoints within it.
    depth: u32,
    /// Whether a savepoint is to be rolled back when it is dropped.
    open: bool,
}

impl Database {
    /// Runs the closure in a transaction: it is committed when the closure returns `Ok`, and rolled back when it
    /// returns `Err`, panics, or is dropped, as happens to the futures of a request that was given up.
    ///
    /// ```no_run
    /// # async fn example(db: &sqlward::Database) -> sqlward::Result<()> {
    /// let moved = db.transaction(async |tx| {
    ///     // Generated functions take `tx` where they take `db`.
    ///     tx.transaction(async |savepoint| Ok::<(), sqlward::Error>(())).await?;
    ///     Ok::<u64, sqlward::Error>(1)
    /// }).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A closure that returns `Ok` although a statement in the transaction had failed gets an error of the kind
    /// [`Aborted`](ErrorKind::Aborted), since nothing was committed; use a nested transaction where a failure is
    /// expected.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.transaction_with(TransactionOptions::new(), work).await
    }

    /// As [`Database::transaction`], with an isolation level and the like.
    pub async fn transaction_with<T, E, F>(&self, options: TransactionOptions, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut lease = self.lease().await?;
        // From here to the answer of COMMIT or ROLLBACK, to drop the lease is to close the connection.
        lease.begin();
        lease.client().batch_execute(&(options.start() + &lease.local)).await.map_err(Error::call)?;
        let result = work(&mut Transaction { connection: &lease, depth: 0, open: true }).await;
        let result = match result {
            // COMMIT of an aborted transaction rolls back and reports success; SAVEPOINT is what fails in one.
            Ok(value) => match lease.client().batch_execute("savepoint sqlward; commit").await {
                Ok(()) => {
                    lease.finish();
                    return Ok(value);
                }
                Err(error) => Err(Error::commit(error).into()),
            },
            Err(error) => Err(error),
        };
        if lease.client().batch_execute("rollback").await.is_ok() {
            lease.finish();
        }
        result
    }
}

impl Transaction<'_> {
    /// Runs the closure in a savepoint of this transaction: what it did is kept when it returns `Ok`, and undone when
    /// it returns `Err`, panics, or is dropped, without harm to what was done before.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let client = self.connection.client();
        let mut inner = Transaction { connection: self.connection, depth: self.depth + 1, open: true };
        let name = inner.savepoint();
        client.batch_execute(&format!("savepoint {name}")).await.map_err(Error::call)?;
        let result = work(&mut inner).await;
        let result = match result {
            Ok(value) => match client.batch_execute(&format!("release savepoint {name}")).await {
                Ok(()) => {
                    inner.open = false;
                    return Ok(value);
                }
                Err(error) => Err(Error::commit(error).into()),
            },
            Err(error) => Err(error),
        };
        inner.open = false;
        client.batch_execute(&inner.undo()).await.map_err(Error::call)?;
        result
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    fn savepoint(&self) -> String {
        format!("sqlward_{}", self.depth)
    }

    /// Goes back to the savepoint and removes it, so that many in a row do not nest.
    fn undo(&self) -> String {
        let name = self.savepoint();
        format!("rollback to savepoint {name}; release savepoint {name}")
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // The transaction itself ends with its connection. A savepoint has to be undone before anything else is sent:
        // the first poll sends, and the connection reads the answer for nobody. If it was just being released, there
        // is none to go back to any more, which fails the whole transaction: rather that than keeping what its caller
        // takes for undone.
        if self.depth > 0 && self.open {
            let _ = self.connection.client().batch_execute(&self.undo()).now_or_never();
        }
    }
}

impl Sealed for Transaction<'_> {
    fn caller(&self) -> Caller<'_> {
        Caller::new(Place::Transaction(self.connection))
    }
}

impl Executor for Transaction<'_> {}

impl Error {
    /// The work of a transaction could not be kept.
    fn commit(error: tokio_postgres::Error) -> Error {
        let error = Error::call(error);
        if error.kind() != ErrorKind::Aborted {
            return error;
        }
        Error::new(
            ErrorKind::Aborted,
            "nothing was committed, because a statement in the transaction had failed: return its error, \
             or run what may fail in a nested transaction",
        )
    }
}
