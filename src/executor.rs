//! What queries run on.

use std::future::Future;

use crate::call::{Caller, Params};
use crate::query::Variant;
use crate::{
    Database, FromRow, Keyset, KeysetPage, Page, Paged, Result, RowStream, ServiceRole, ServiceTransaction,
    Transaction,
};

/// Something that queries run on: a [`Database`], where each is on its own, a [`Transaction`], or the role of a service
/// over either. Generated functions that only read take one, those that write a [`Writer`]; nobody else implements it.
pub trait Executor: sealed::Sealed + Sync {
    /// The one row of the query. None or several are an error of the kind
    /// [`RowCount`](crate::ErrorKind::RowCount).
    fn fetch_one<R: FromRow>(
        &self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
    ) -> impl Future<Output = Result<R>> + Send {
        self.caller().fetch_one(query.into(), params)
    }

    /// The row of the query, if there is one. Several are an error.
    fn fetch_opt<R: FromRow>(
        &self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Option<R>>> + Send {
        self.caller().fetch_opt(query.into(), params)
    }

    /// All rows of the query.
    fn fetch_all<R: FromRow>(
        &self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Vec<R>>> + Send {
        self.caller().fetch_all(query.into(), params)
    }

    /// A page of the query, and the number of rows that `total` counts, in one round trip. The limit and offset of the page
    /// become the query's last parameters.
    fn fetch_page<R: FromRow>(
        &self,
        query: impl Into<Variant> + Send,
        total: impl Into<Variant> + Send,
        params: Params<'_>,
        page: Page,
    ) -> impl Future<Output = Result<Paged<R>>> + Send {
        self.caller().fetch_page(query.into(), total.into(), params, page)
    }

    /// A page of the query after its cursor. Its limit and what the cursor holds become the query's last parameters.
    fn fetch_keyset<R: FromRow>(
        &self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
        page: &Keyset,
    ) -> impl Future<Output = Result<KeysetPage<R>>> + Send {
        self.caller().fetch_keyset(query.into(), params, page)
    }

    /// The rows of the query as they arrive.
    fn fetch_stream<'a, R: FromRow>(
        &'a self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
    ) -> impl Future<Output = Result<RowStream<'a, R>>> + Send {
        self.caller().fetch_stream(query.into(), params)
    }

    /// Runs the query and tells how many rows it touched.
    fn execute(
        &self,
        query: impl Into<Variant> + Send,
        params: Params<'_>,
    ) -> impl Future<Output = Result<u64>> + Send {
        self.caller().execute(query.into(), params)
    }
}

/// An [`Executor`] that can also write. Nobody else implements it.
pub trait Writer: Executor {}

impl Writer for Database {}
impl Writer for Transaction<'_> {}
impl Writer for ServiceRole<'_> {}
impl Writer for ServiceTransaction<'_> {}

pub(crate) mod sealed {
    use super::Caller;

    /// Keeps [`Executor`](super::Executor) to this crate, and has the one thing that differs.
    pub trait Sealed {
        /// Where the queries run.
        #[doc(hidden)]
        fn caller(&self) -> Caller<'_>;
    }
}
