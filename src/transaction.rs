//! Transactions.

mod options;
mod retry;

use std::fmt;
use std::pin::pin;

use crate::call::{Caller, Place};
use crate::connection::{Connection, Preamble, Preceded, within};
use crate::executor::{Executor, sealed::Sealed};
use crate::observe::{self, Course, Outcome, inside};
use crate::{Database, Error, ErrorKind, Result};
use futures_util::FutureExt;

pub use options::TransactionOptions;
pub use retry::{Attempts, Retryable, retry};

/// A transaction. It lasts as long as the closure that was given to [`Database::transaction`] runs.
pub struct Transaction<'a> {
    connection: &'a Connection,
    /// 0 for the transaction itself, from 1 for the savepoints within it.
    depth: u32,
    /// The savepoint that is to be rolled back when this is dropped.
    savepoint: Option<Preceded>,
}

impl Database {
    /// Runs the closure in a transaction. It commits when the closure returns `Ok`, and rolls back when the closure returns
    /// `Err` or panics, or when this future is dropped, for instance because a client disconnected.
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
    /// BEGIN is sent together with the first statement, so a transaction of three statements takes four round trips, and one
    /// without statements takes none. `now()` in it is the time of the first statement.
    ///
    /// If a statement in the transaction had failed and the closure returns `Ok` all the same, the result is an error of the
    /// kind [`Aborted`](ErrorKind::Aborted), since nothing was committed. Use a nested transaction where a failure is
    /// expected.
    ///
    /// If the connection breaks after COMMIT was sent and before it is answered, nobody can know whether it was
    /// committed: then [`is_outcome_unknown`](Error::is_outcome_unknown) is true of the error.
    pub fn transaction<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.transaction_with(TransactionOptions::new(), work)
    }

    /// Like [`Database::transaction`], with an isolation level and other options.
    pub fn transaction_with<T, E, F>(
        &self,
        options: TransactionOptions,
        work: F,
    ) -> impl Future<Output = Result<T, E>>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.observed(options, End::Commit, work)
    }

    /// For tests: runs the closure in a transaction that is always rolled back, so that tests can share a database
    /// without seeing each other's rows.
    ///
    /// ```no_run
    /// # async fn example(db: &sqlward::Database) -> sqlward::Result<()> {
    /// db.rolled_back(async |tx| {
    ///     // Functions under test take `tx`, and their own transactions are `tx.transaction(...)`.
    ///     Ok::<(), sqlward::Error>(())
    /// }).await
    /// # }
    /// ```
    ///
    /// What would fail at COMMIT fails here too: a closure that returns `Ok` gets the errors of deferred constraints, and one
    /// of the kind [`Aborted`](ErrorKind::Aborted) if a statement had failed.
    pub fn rolled_back<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.observed(TransactionOptions::new(), End::RollBack, work)
    }

    async fn observed<T, E, F>(&self, options: TransactionOptions, end: End, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut course = Course::begin(0);
        let run = pin!(self.run(options, end, work));
        let (result, outcome) = inside(course.span(), run).await;
        course.end(outcome);
        result
    }

    async fn run<T, E, F>(&self, options: TransactionOptions, end: End, work: F) -> (Result<T, E>, Outcome)
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut lease = match self.lease().await {
            Ok(lease) => lease,
            Err(error) => return (Err(error.into()), Outcome::NotBegun),
        };
        // From here until COMMIT or ROLLBACK is answered, dropping the lease closes the connection.
        lease.begin();
        // BEGIN is sent together with the first statement. A transaction without statements sends nothing.
        let begin = lease.precede(options.preamble(&lease));
        let result = work(&mut Transaction { connection: &lease, depth: 0, savepoint: None }).await;
        if lease.nothing_followed(begin) {
            lease.finish();
            return (result, Outcome::NotBegun);
        }
        let error = match result {
            Ok(value) => match end.run(&lease).await {
                Ok(outcome) => {
                    lease.finish();
                    return (Ok(value), outcome);
                }
                Err(error) if error.is_outcome_unknown() => return (Err(error.into()), Outcome::Unknown),
                Err(error) => error.into(),
            },
            Err(error) => error,
        };
        if control(&lease, "rollback", "rollback").await.is_ok() {
            lease.finish();
        }
        (Err(error), Outcome::RolledBack)
    }
}

/// How a transaction ends when its closure returns `Ok`.
#[derive(Clone, Copy)]
enum End {
    Commit,
    RollBack,
}

impl End {
    async fn run(self, connection: &Connection) -> Result<Outcome> {
        match self {
            // COMMIT of an aborted transaction rolls back and reports success; the SAVEPOINT fails there.
            End::Commit => match control(connection, "commit", "savepoint sqlward; commit").await {
                Ok(()) => Ok(Outcome::Committed),
                Err(error) => Err(error.kept_nothing().sent()),
            },
            // SET CONSTRAINTS also fails in an aborted transaction, and checks what COMMIT would check.
            End::RollBack => {
                match control(connection, "rollback", "set constraints all immediate; rollback").await {
                    Ok(()) => Ok(Outcome::RolledBack),
                    Err(error) => Err(error.kept_nothing()),
                }
            }
        }
    }
}

/// Runs a command that begins or ends a transaction or a savepoint.
async fn control(connection: &Connection, command: &'static str, sql: &str) -> Result<()> {
    let answer = pin!(connection.client().batch_execute(sql));
    let heard = pin!(within(connection.patience, answer));
    match inside(observe::control(command), heard).await {
        Some(answer) => answer.map_err(Error::call),
        None => Err(connection.unheard()),
    }
}

impl Transaction<'_> {
    /// Runs the closure in a savepoint of this transaction, which is set together with the first statement. Its work is kept
    /// when it returns `Ok`, and undone when it returns `Err`, panics, or is dropped, without affecting what was done before.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut course = Course::begin(self.depth + 1);
        let nest = pin!(self.nest(work));
        let (result, outcome) = inside(course.span(), nest).await;
        course.end(outcome);
        result
    }

    async fn nest<T, E, F>(&mut self, work: F) -> (Result<T, E>, Outcome)
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut inner = Transaction { connection: self.connection, depth: self.depth + 1, savepoint: None };
        let name = inner.name();
        // It is set together with the first statement, as BEGIN is sent.
        let savepoint = self.connection.precede(Preamble::savepoint(&format!("savepoint {name}")));
        inner.savepoint = Some(savepoint);
        let result = work(&mut inner).await;
        if self.connection.nothing_followed(savepoint) {
            inner.savepoint = None;
            return (result, Outcome::NotBegun);
        }
        let error = match result {
            Ok(value) => {
                let released =
                    control(self.connection, "release", &format!("release savepoint {name}")).await;
                inner.savepoint = None;
                match released {
                    Ok(()) => return (Ok(value), Outcome::Committed),
                    Err(error) => error.kept_nothing().into(),
                }
            }
            Err(error) => error,
        };
        inner.savepoint = None;
        // If this fails, the whole transaction is aborted or its connection gone, and nothing is kept anyway.
        let _ = control(self.connection, "rollback", &inner.undo()).await;
        (Err(error), Outcome::RolledBack)
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    /// The savepoint's name.
    fn name(&self) -> String {
        format!("sqlward_{}", self.depth)
    }

    /// Rolls back to the savepoint and removes it, so that consecutive ones do not nest.
    fn undo(&self) -> String {
        let name = self.name();
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
        // The transaction itself ends with its connection. A savepoint has to be undone before anything else is sent: the first
        // poll sends the command, and the connection discards the response. If the savepoint was just being released, the
        // command fails and with it the whole transaction. That is better than keeping work that the caller takes for undone.
        if let Some(savepoint) = self.savepoint
            && !self.connection.nothing_followed(savepoint)
        {
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
    /// The error of a transaction or a savepoint whose work could not be kept.
    fn kept_nothing(self) -> Error {
        if self.kind() != ErrorKind::Aborted {
            return self;
        }
        Error::new(
            ErrorKind::Aborted,
            "nothing was committed, because a statement in the transaction had failed: return its error, \
             or run what may fail in a nested transaction",
        )
    }
}
