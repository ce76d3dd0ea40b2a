//! What queries run on.

use std::future::Future;

use crate::call::{Caller, Params};
use crate::{Database, FromRow, Query, Result, RowStream, ServiceRole, ServiceTransaction, Transaction};

/// Something that queries run on: a [`Database`], where each is on its own, a [`Transaction`], or the role of a service
/// over either. Generated functions that only read take one, those that write a [`Writer`]; nobody else implements it.
pub trait Executor: sealed::Sealed + Sync {
    /// The one row of the query. None or several are an error of the kind
    /// [`RowCount`](crate::ErrorKind::RowCount).
    fn fetch_one<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<R>> + Send {
        self.caller().fetch_one(query, params)
    }

    /// The row of the query, if there is one. Several are an error.
    fn fetch_opt<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Option<R>>> + Send {
        self.caller().fetch_opt(query, params)
    }

    /// All rows of the query.
    fn fetch_all<R: FromRow>(
        &self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Vec<R>>> + Send {
        self.caller().fetch_all(query, params)
    }

    /// The rows of the query as they arrive.
    fn fetch_stream<'a, R: FromRow>(
        &'a self,
        query: &'static Query,
        params: Params<'_>,
    ) -> impl Future<Output = Result<RowStream<'a, R>>> + Send {
        self.caller().fetch_stream(query, params)
    }

    /// Runs the query and tells how many rows it touched.
    fn execute(&self, query: &'static Query, params: Params<'_>) -> impl Future<Output = Result<u64>> + Send {
        self.caller().execute(query, params)
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
