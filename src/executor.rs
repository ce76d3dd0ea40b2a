//! What queries run on.

use std::future::Future;

use futures_util::Stream;
use postgres_types::ToSql;

use crate::call::{Caller, Params};
use crate::query::Variant;
use crate::{
    Batch, CopyRow, Database, Error, FromRow, Keyset, KeysetPage, Page, Paged, Query, Result, RowStream,
    ServiceRole, ServiceTransaction, Transaction,
};

/// Something that queries run on: a [`Database`], a [`Transaction`], a replica, or the role of a service on one of
/// them. Generated functions that only read take an `Executor`, those that write a [`Writer`]. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "queries cannot run on `{Self}`",
    label = "expected the `Database`, its `replica()`, a transaction or a service role",
    note = "in a transaction, pass the `tx` that its closure is given"
)]
pub trait Executor: sealed::Sealed + Sync {
    /// The one row of the query. None or several are an error of the kind
    /// [`RowCount`](crate::ErrorKind::RowCount).
    fn fetch_one<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<R>> + Send {
        self.caller().fetch_one(query.into(), params)
    }

    /// The row of the query, if there is one. Several are an error.
    fn fetch_opt<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Option<R>>> + Send {
        self.caller().fetch_opt(query.into(), params)
    }

    /// All rows of the query.
    fn fetch_all<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Vec<R>>> + Send {
        self.caller().fetch_all(query.into(), params)
    }

    /// The rows of the query as they arrive.
    fn fetch_stream<'a, R: FromRow>(
        &'a self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<RowStream<'a, R>>> + Send {
        self.caller().fetch_stream(query.into(), params)
    }

    /// Runs the query once for each item, all in one transaction and pipelined. `params` makes the parameters of an item.
    fn batch<'a, T, P, const N: usize>(
        &'a self,
        query: &'static Query,
        items: &'a [T],
        params: P,
    ) -> Batch<'a, T, P>
    where
        P: Fn(&'a T) -> [&'a (dyn ToSql + Sync); N] + Send + Sync,
    {
        Batch::new(self.caller(), query, items, params)
    }

    /// Runs the query and returns how many rows it affected.
    fn execute(&self, query: &'static Query, params: Params<'_>) -> impl Future<Output = Result<u64>> + Send {
        self.caller().execute(query.into(), params)
    }
}

/// An [`Executor`] that can also write. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "this query writes, but `{Self}` only reads",
    label = "expected the `Database`, a transaction or a service role",
    note = "an `impl Executor` may be a read-only replica: take `&impl Writer`, or pass the `Database` itself"
)]
pub trait Writer: Executor {
    /// Streams the items into the query's table, all of them or none, and returns how many there were. `write` encodes
    /// an item's row.
    fn copy<T, E, W>(
        &self,
        query: &'static Query,
        items: impl Stream<Item = Result<T, E>> + Send,
        write: W,
    ) -> impl Future<Output = Result<u64, E>> + Send
    where
        T: Send,
        E: From<Error> + Send,
        W: Fn(&T, &mut CopyRow<'_>) -> Result<()> + Send + Sync,
    {
        self.caller().copy(query, items, write)
    }
}

impl Writer for Database {}
impl Writer for Transaction<'_> {}
impl Writer for ServiceRole<'_> {}
impl Writer for ServiceTransaction<'_> {}

/// The same for one of the texts of a query.
impl Variant {
    /// The one row, as [`Executor::fetch_one`].
    pub fn fetch_one<R: FromRow>(
        self,
        db: &impl Executor,
        params: Params<'_>,
    ) -> impl Future<Output = Result<R>> + Send {
        db.caller().fetch_one(self, params)
    }

    /// The row, if there is one, as [`Executor::fetch_opt`].
    pub fn fetch_opt<R: FromRow>(
        self,
        db: &impl Executor,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Option<R>>> + Send {
        db.caller().fetch_opt(self, params)
    }

    /// All rows.
    pub fn fetch_all<R: FromRow>(
        self,
        db: &impl Executor,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Vec<R>>> + Send {
        db.caller().fetch_all(self, params)
    }

    /// The rows as they arrive.
    pub fn fetch_stream<'a, R: FromRow>(
        self,
        db: &'a impl Executor,
        params: Params<'_>,
    ) -> impl Future<Output = Result<RowStream<'a, R>>> + Send {
        db.caller().fetch_stream(self, params)
    }

    /// The number of rows that it affected.
    pub fn execute(self, db: &impl Executor, params: Params<'_>) -> impl Future<Output = Result<u64>> + Send {
        db.caller().execute(self, params)
    }

    /// A page, and the number of rows in all, which `total` counts, in one round trip. The page's limit and offset become
    /// the last parameters.
    pub fn fetch_page<R: FromRow>(
        self,
        db: &impl Executor,
        total: Variant,
        params: Params<'_>,
        page: Page,
    ) -> impl Future<Output = Result<Paged<R>>> + Send {
        db.caller().fetch_page(self, total, params, page)
    }

    /// The page after a cursor. Its limit and the cursor's values become the last parameters.
    pub fn fetch_keyset<R: FromRow>(
        self,
        db: &impl Executor,
        params: Params<'_>,
        page: &Keyset,
    ) -> impl Future<Output = Result<KeysetPage<R>>> + Send {
        db.caller().fetch_keyset(self, params, page)
    }
}

pub(crate) mod sealed {
    use super::Caller;

    /// Seals [`Executor`](super::Executor), and has the one method in which implementors differ.
    pub trait Sealed {
        /// Where the queries run.
        #[doc(hidden)]
        fn caller(&self) -> Caller<'_>;
    }
}
