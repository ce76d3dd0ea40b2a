//! One call of one query, wherever it runs.

use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::{TryStreamExt, future};
use postgres_types::ToSql;
use tracing::Instrument;

use crate::connection::{Connection, Lease, within};
use crate::error::is_stale;
use crate::hidden::Hidden;
use crate::keyset::Key;
use crate::observe::Observation;
use crate::query::{Absent, Variant};
use crate::row::CustomColumns;
use crate::statements::Prepared;
use crate::unnamed;
use crate::{
    Cursor, Database, Error, ErrorKind, FromRow, Keyset, KeysetPage, Page, Paged, Query, Result, Row,
    RowStream,
};

/// The values of `$1`, `$2` and so on.
pub(crate) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A query and its parameters. It is passed by reference: a future contains a copy of everything that it is given by value.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) query: Variant,
    pub(crate) params: Params<'a>,
}

/// Where a query runs, and for a service the reason.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) reason: Option<&'a str>,
}

/// Where a query runs.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// On any connection, in a transaction of its own.
    Pool(&'a Database),
    /// In the transaction that is open on this connection.
    Transaction(&'a Connection),
    /// Nowhere: the key of the service is that of another database.
    Nowhere,
}

/// The connection of one call.
pub(crate) enum Held<'a> {
    /// Only this call is on it.
    Lease(Lease<'a>),
    /// It belongs to a transaction.
    Transaction(&'a Connection),
}

/// Called with each row as it arrives, so that the memory of one row is reused for the next.
pub(crate) type Reader<'r> = &'r mut (dyn FnMut(&Row) + Send);

/// What is known when all rows have arrived.
#[derive(Clone, Copy)]
pub(crate) struct Reply {
    /// How many rows.
    count: u64,
    /// How many the server says it touched.
    pub(crate) affected: u64,
}

/// The rows that are about to arrive.
pub(crate) struct Started {
    pub(crate) rows: tokio_postgres::RowStream,
    pub(crate) custom: CustomColumns,
}

/// How many rows there may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    One,
    AtMostOne,
    Any,
    None,
}

impl Place<'_> {
    /// How long a query may take before it is warned of.
    pub(crate) fn slow_query(self) -> Option<Duration> {
        match self {
            Place::Pool(database) => database.slow_query(),
            Place::Transaction(connection) => connection.slow_query,
            Place::Nowhere => None,
        }
    }
}

impl<'a> Caller<'a> {
    pub(crate) fn new(place: Place<'a>) -> Caller<'a> {
        Caller { place, reason: None }
    }

    pub(crate) fn fetch_one<R: FromRow>(
        self,
        query: Variant,
        params: Params<'_>,
    ) -> impl Future<Output = Result<R>> {
        let bound = Bound { query, params };
        async move {
            let mut read = None;
            let first = &mut |row: &Row| {
                read.get_or_insert_with(|| R::from_row(row));
            };
            self.watch(&bound, pin!(self.call(&bound, Expected::One, Some(first)))).await?;
            read.unwrap_or_else(|| Err(Error::row_count(0).of(&query)))
        }
    }

    pub(crate) fn fetch_opt<R: FromRow>(
        self,
        query: Variant,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Option<R>>> {
        let bound = Bound { query, params };
        async move {
            let mut read = None;
            let first = &mut |row: &Row| {
                read.get_or_insert_with(|| R::from_row(row));
            };
            self.watch(&bound, pin!(self.call(&bound, Expected::AtMostOne, Some(first)))).await?;
            read.transpose()
        }
    }

    pub(crate) fn fetch_all<R: FromRow>(
        self,
        query: Variant,
        params: Params<'_>,
    ) -> impl Future<Output = Result<Vec<R>>> {
        let bound = Bound { query, params };
        async move {
            let mut read = Ok(bound.query.room());
            let each = &mut |row: &Row| read_next(&mut read, row);
            self.watch(&bound, pin!(self.call(&bound, Expected::Any, Some(each)))).await?;
            if let Ok(rows) = &mut read {
                bound.query.remember(rows);
            }
            read
        }
    }

    pub(crate) fn execute(self, query: Variant, params: Params<'_>) -> impl Future<Output = Result<u64>> {
        let bound = Bound { query, params };
        async move {
            let reply = self.watch(&bound, pin!(self.call(&bound, Expected::None, None))).await?;
            Ok(reply.affected)
        }
    }

    pub(crate) async fn fetch_page<R: FromRow>(
        self,
        query: Variant,
        total: Variant,
        params: Params<'_>,
        page: Page,
    ) -> Result<Paged<R>> {
        let (limit, offset) = (page.limit(), page.offset());
        let of_page: Vec<_> = params.iter().copied().chain([&limit as _, &offset as _]).collect();
        let (mut items, mut count) = (Ok(Vec::new()), None);
        let (read, read_count) =
            (&mut |row: &Row| read_next(&mut items, row), &mut |row: &Row| count = Some(row.get(0)));
        let (of_page, of_total) = (Bound { query, params: &of_page }, Bound { query: total, params });
        self.call_both((&of_page, read), (&of_total, read_count)).await?;
        let total: i64 = count.unwrap_or_else(|| Err(Error::row_count(0).of(&total)))?;
        Ok(Paged::new(items?, page, u64::try_from(total).unwrap_or(0)))
    }

    pub(crate) async fn fetch_keyset<R: FromRow>(
        self,
        query: Variant,
        params: Params<'_>,
        page: &Keyset,
    ) -> Result<KeysetPage<R>> {
        let keys = page.after().map(|cursor| cursor.keys(query)).transpose().map_err(|error| {
            let error = error.of(&query);
            Observation::begin(query.query(), self.reason, self.place.slow_query()).end(0, Some(&error));
            error
        })?;
        let (_, numbers, columns) = query.cursor().unwrap_or_default();
        let text = if keys.is_some() { query.after() } else { query };
        // One row more than is wanted tells whether there is a next page.
        let limit = i64::from(page.limit()) + 1;
        let mut all: Vec<&(dyn ToSql + Sync)> = params.to_vec();
        all.push(&limit);
        all.resize(query.params().len(), &Absent);
        for (number, key) in numbers.iter().zip(keys.iter().flatten()) {
            all[number - 1] = key;
        }
        let (mut items, mut seen, mut last) = (Ok(Vec::new()), 0, None);
        let read = &mut |row: &Row| {
            seen += 1;
            if seen <= page.limit() {
                read_next(&mut items, row);
            }
            if seen == page.limit() {
                let keys = columns.iter().map(|column| row.get(*column).map(|Key(key)| key));
                last = Some(keys.collect::<Result<Vec<_>>>());
            }
        };
        let bound = Bound { query: text, params: &all };
        self.watch(&bound, pin!(self.call(&bound, Expected::Any, Some(read)))).await?;
        let last = last.filter(|_| seen > page.limit()).transpose()?;
        Ok(KeysetPage { items: items?, next: last.map(|keys| Cursor::new(query, &keys)) })
    }

    pub(crate) async fn fetch_stream<R: FromRow>(
        self,
        query: Variant,
        params: Params<'_>,
    ) -> Result<RowStream<'a, R>> {
        let mut observation = Observation::begin(query.query(), self.reason, self.place.slow_query());
        let opened = async {
            let mut held = self.hold().await?;
            held.begin();
            let rows = held.hear(pin!(held.start(&Bound { query, params }, true))).await;
            held.ended_by(rows.as_ref().err());
            // The connection is in use as long as the stream is read.
            rows.inspect(|_| held.begin()).map(|rows| (held, rows))
        };
        match pin!(opened).instrument(observation.span()).await {
            Ok((held, rows)) => Ok(RowStream::new(query.query(), held, rows, observation)),
            Err(error) => {
                let error = error.of(&query);
                observation.end(0, Some(&error));
                Err(error)
            }
        }
    }

    /// Runs the query to its end, which is when the server has committed it if it is on its own.
    async fn call(&self, bound: &Bound<'_>, expected: Expected, reader: Option<Reader<'_>>) -> Result<Reply> {
        let mut held = match self.at_hand() {
            Some(held) => held,
            None => self.wait().await?,
        };
        held.begin();
        let limit = held.limit();
        let result = {
            let run = pin!(held.run(bound, reader));
            match within(limit.or(held.connection().patience), run).await {
                Some(result) => result,
                None => match limit {
                    // The query may still be running, so the connection is closed and not reused.
                    Some(limit) => return Err(Error::given_up(limit)),
                    None => Err(held.unheard()),
                },
            }
        };
        held.ended_by(result.as_ref().err());
        let reply = result?;
        expected.check(reply).map(|()| reply)
    }

    /// Runs two queries, the second of which returns one row. Both are sent before the first response.
    async fn call_both(
        &self,
        (first, reader): (&Bound<'_>, Reader<'_>),
        (second, reader_of_second): (&Bound<'_>, Reader<'_>),
    ) -> Result<()> {
        let work = async {
            let mut held = self.hold().await?;
            held.begin();
            let (first, second) = (held.run(first, Some(reader)), held.run(second, Some(reader_of_second)));
            let result = future::join(first, second).await;
            let result = result.0.and_then(|found| Ok((found, result.1?)));
            held.ended_by(result.as_ref().err());
            let (found, counted) = result?;
            Expected::One.check(counted).map(|()| found)
        };
        self.watch(first, pin!(work)).await.map(drop)
    }

    /// The work, observed by `tracing`.
    #[inline]
    fn watch<W: Future<Output = Result<Reply>>>(
        &self,
        bound: &Bound<'_>,
        work: Pin<&mut W>,
    ) -> impl Future<Output = Result<Reply>> {
        let query = bound.query.query();
        let observation = Observation::begin(query, self.reason, self.place.slow_query());
        observation.watch(query, work, |reply| reply.count.max(reply.affected))
    }

    /// The connection, which may have to be waited for.
    pub(crate) async fn hold(&self) -> Result<Held<'a>> {
        match self.at_hand() {
            Some(held) => Ok(held),
            None => self.wait().await,
        }
    }

    /// The connection, if it is available without waiting.
    #[inline]
    fn at_hand(&self) -> Option<Held<'a>> {
        match self.place {
            Place::Pool(database) => database.free().map(Held::Lease),
            Place::Transaction(connection) => Some(Held::Transaction(connection)),
            Place::Nowhere => None,
        }
    }

    /// The connection, as soon as one is free.
    async fn wait(&self) -> Result<Held<'a>> {
        match self.place {
            Place::Pool(database) => database.wait().await.map(Held::Lease),
            Place::Transaction(connection) => Ok(Held::Transaction(connection)),
            Place::Nowhere => {
                Err(Error::new(ErrorKind::ServiceKey, "the service key belongs to another database"))
            }
        }
    }
}

impl Held<'_> {
    #[inline]
    pub(crate) fn connection(&self) -> &Connection {
        match self {
            Held::Lease(lease) => lease,
            Held::Transaction(connection) => connection,
        }
    }

    pub(crate) fn begin(&mut self) {
        if let Held::Lease(lease) = self {
            lease.begin();
        }
    }

    /// Marks the call as ended by that error. A broken connection stays marked as in use, so that it is closed.
    #[inline]
    pub(crate) fn ended_by(&mut self, error: Option<&Error>) {
        if let Held::Lease(lease) = self
            && error.is_none_or(|error| !error.broke())
        {
            lease.finish();
        }
    }

    /// How long a query outside of a transaction may take, where the server cannot be given the limit.
    #[inline]
    fn limit(&self) -> Option<Duration> {
        match self {
            Held::Lease(lease) => lease.statement_limit(),
            Held::Transaction(_) => None,
        }
    }

    pub(crate) async fn hear<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        let heard = within(self.connection().patience, pin!(answer)).await;
        heard.unwrap_or_else(|| Err(self.unheard()))
    }

    /// The server no longer answers, so the connection is closed.
    fn unheard(&self) -> Error {
        let error = self.connection().unheard();
        match self {
            Held::Lease(_) => error.sent(),
            Held::Transaction(_) => error,
        }
    }

    /// The query had been sent when it failed. In a transaction nothing is done before COMMIT.
    pub(crate) fn failed(&self, error: tokio_postgres::Error) -> Error {
        let error = Error::call(error);
        match self {
            Held::Lease(_) => error.sent(),
            Held::Transaction(_) => error,
        }
    }

    /// Prepares the statement of the query, where that is how it is sent.
    pub(crate) async fn prepare(&self, query: &'static Query) -> Result<()> {
        let (connection, query) = (self.connection(), query.into());
        if connection.is_unnamed() || connection.statements.find(&query).is_some() {
            return Ok(());
        }
        let prepared = connection.statements.prepare(connection.client(), &query);
        self.hear(prepared).await.map(drop)
    }

    /// Runs the query to its end, and calls the reader with each row. Without one, rows are not counted.
    pub(crate) async fn run(&self, bound: &Bound<'_>, mut reader: Option<Reader<'_>>) -> Result<Reply> {
        let connection = self.connection();
        // The common case, a prepared statement, stays in this future. The rare one is boxed, so that it takes no room here.
        let Started { rows, custom } = match connection.statements.find(&bound.query) {
            Some(Prepared { statement, custom }) => {
                bound.fits(statement.params().len())?;
                let client = connection.client();
                let sent = match reader {
                    Some(_) => client.query_raw(&statement, bound.values()).await,
                    None => match client.execute_raw(&statement, bound.values()).await {
                        Ok(affected) => return Ok(Reply { count: 0, affected }),
                        Err(error) => Err(error),
                    },
                };
                match sent {
                    Ok(rows) => Started { rows, custom },
                    Err(error) if self.sends_again(&bound.query, &error) => {
                        Box::pin(self.start(bound, false)).await?
                    }
                    Err(error) => return Err(self.failed(error)),
                }
            }
            None => Box::pin(self.start(bound, true)).await?,
        };
        let mut rows = pin!(rows);
        let (mut count, mut drift) = (0, None);
        while let Some(row) = rows.try_next().await.map_err(|error| self.failed(error))? {
            if count == 0 {
                drift = self.drift(&bound.query, &row);
            }
            count += 1;
            if drift.is_none()
                && let Some(reader) = &mut reader
            {
                reader(&Row::new(row, bound.query.query(), custom));
            }
        }
        let affected = rows.rows_affected().unwrap_or(0);
        drift.map_or(Ok(Reply { count, affected }), Err)
    }

    /// What differs in the columns of a row, where they were not compared when the query was prepared.
    #[inline]
    pub(crate) fn drift(&self, query: &Query, row: &tokio_postgres::Row) -> Option<Error> {
        if !self.connection().is_unnamed() {
            return None;
        }
        unnamed::difference(query, row.columns()).map(Error::drift)
    }

    /// Sends the query. A statement that has gone stale is prepared `again`, once.
    async fn start(&self, bound: &Bound<'_>, mut again: bool) -> Result<Started> {
        let connection = self.connection();
        let (client, query) = (connection.client(), &bound.query);
        if connection.is_unnamed() {
            bound.fits(query.params().len())?;
            let sent = unnamed::send(client, bound).await;
            let rows = sent.map_err(|error| self.failed(error).parsed())?;
            return Ok(Started { rows, custom: CustomColumns::ALL });
        }
        loop {
            let Prepared { statement, custom } =
                Box::pin(connection.statements.prepare(client, query)).await?;
            bound.fits(statement.params().len())?;
            match client.query_raw(&statement, bound.values()).await {
                Ok(rows) => return Ok(Started { rows, custom }),
                Err(error) if self.sends_again(query, &error) && again => again = false,
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// Whether a query that failed is sent again because its prepared statement is stale. In a transaction it is not, since
    /// the failure has aborted the transaction; but there too the statement is prepared again the next time.
    fn sends_again(&self, query: &Variant, error: &tokio_postgres::Error) -> bool {
        let stale = is_stale(error);
        if stale {
            self.connection().statements.forget(query);
        }
        stale && matches!(self, Held::Lease(_))
    }
}

impl<'a> Bound<'a> {
    /// The parameters, wrapped for sending.
    fn values(&self) -> impl ExactSizeIterator<Item = Hidden<'a>> + Send {
        let (query, whole) = (self.query, self.query.is_whole());
        let value = move |(index, param): (usize, &'a (dyn ToSql + Sync))| {
            Hidden(if whole || query.uses(index) { param } else { &Absent })
        };
        self.params.iter().copied().enumerate().map(value)
    }

    /// Fails if the number of parameters is not the statement's.
    #[inline]
    fn fits(&self, takes: usize) -> Result<()> {
        check_count(takes, self.params)
    }
}

/// Decodes a row and appends it, unless an earlier row could not be decoded.
pub(crate) fn read_next<R: FromRow>(read: &mut Result<Vec<R>>, row: &Row) {
    if let Ok(rows) = read {
        match R::from_row(row) {
            Ok(value) => rows.push(value),
            Err(error) => *read = Err(error),
        }
    }
}

#[inline]
pub(crate) fn check_count(takes: usize, params: Params<'_>) -> Result<()> {
    if takes == params.len() { Ok(()) } else { Err(Error::parameter_count(takes, params.len())) }
}

impl Expected {
    #[inline]
    pub(crate) fn check(self, reply: Reply) -> Result<()> {
        let fits = match self {
            Expected::One => reply.count == 1,
            Expected::AtMostOne => reply.count <= 1,
            Expected::Any | Expected::None => true,
        };
        if fits { Ok(()) } else { Err(Error::row_count(reply.count)) }
    }
}
