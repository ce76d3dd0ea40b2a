//! Many calls of one statement, pipelined.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::future::{self, MaybeDone};
use postgres_types::ToSql;

use crate::call::{Bound, Caller, Expected, Held, Params, Place, read_next};
use crate::observe::Observation;
use crate::{Error, FromRow, Query, Result, Row};

/// A query that is to run once for each of many items, see [`Executor::batch`](crate::Executor::batch).
#[must_use = "nothing runs before it is told what to fetch"]
pub struct Batch<'a, T, P> {
    caller: Caller<'a>,
    query: &'static Query,
    items: &'a [T],
    params: P,
}

impl<'a, T, P> Batch<'a, T, P> {
    pub(crate) fn new(
        caller: Caller<'a>,
        query: &'static Query,
        items: &'a [T],
        params: P,
    ) -> Batch<'a, T, P> {
        Batch { caller, query, items, params }
    }
}

impl<'a, T, P, const N: usize> Batch<'a, T, P>
where
    T: Sync,
    P: Fn(&'a T) -> [&'a (dyn ToSql + Sync); N] + Send + Sync,
{
    /// The one row for each item.
    pub async fn fetch_one<R: FromRow>(self) -> Result<Vec<R>> {
        let read = |first: &mut Answer<R>, row: &Row| {
            first.get_or_insert_with(|| R::from_row(row));
        };
        let end = |first: Answer<R>, _, query| first.unwrap_or_else(|| Err(Error::row_count(0).of(query)));
        self.run(Expected::One, read, end).await
    }

    /// The row for each item, if there is one.
    pub async fn fetch_opt<R: FromRow>(self) -> Result<Vec<Option<R>>> {
        let read = |first: &mut Answer<Option<R>>, row: &Row| {
            first.get_or_insert_with(|| R::from_row(row).map(Some));
        };
        self.run(Expected::AtMostOne, read, |first, _, _| first.unwrap_or(Ok(None))).await
    }

    /// All rows for each item.
    pub async fn fetch_all<R: FromRow>(self) -> Result<Vec<Vec<R>>> {
        let read = |all: &mut Answer<Vec<R>>, row: &Row| {
            read_next(all.get_or_insert_with(|| Ok(Vec::new())), row);
        };
        self.run(Expected::Any, read, |all, _, _| all.unwrap_or_else(|| Ok(Vec::new()))).await
    }

    /// How many rows were affected for each item.
    pub async fn execute(self) -> Result<Vec<u64>> {
        self.run(Expected::None, |_, _| (), |_, affected, _| Ok(affected)).await
    }

    /// Runs them in one transaction: the caller's or, on a pool, one of their own.
    async fn run<R: Send>(
        self,
        expected: Expected,
        read: fn(&mut Answer<R>, &Row),
        end: fn(Answer<R>, u64, &'static Query) -> Result<R>,
    ) -> Result<Vec<R>> {
        let Batch { caller, query, items, params } = self;
        let observation = Observation::begin(query, caller.reason, caller.place.slow_query());
        let calls = Calls { query, items, params: &params, expected, read, end };
        let work = async {
            match caller.place {
                _ if items.is_empty() => Ok(Vec::new()),
                Place::Pool(database) => {
                    let once = async || {
                        database
                            .transaction(async |tx| calls.on(&Held::Transaction(tx.connection())).await)
                            .await
                    };
                    match once().await {
                        // The stale statement has been forgotten, and nothing was done.
                        Err(error) if error.is_stale() => once().await,
                        result => result,
                    }
                }
                _ => calls.on(&caller.hold().await?).await,
            }
        };
        observation.watch(query, pin!(work), |results| results.len() as u64).await
    }
}

/// How many calls wait for their responses at a time.
const WINDOW: usize = 256;

struct Calls<'c, 'a, T, P, R> {
    query: &'static Query,
    items: &'a [T],
    params: &'c P,
    expected: Expected,
    read: fn(&mut Answer<R>, &Row),
    /// Makes the result for an item, given the number of rows that were affected.
    end: fn(Answer<R>, u64, &'static Query) -> Result<R>,
}

/// What was decoded so far of the response for an item.
type Answer<R> = Option<Result<R>>;

impl<'a, T, P, R: Send, const N: usize> Calls<'_, 'a, T, P, R>
where
    T: Sync,
    P: Fn(&'a T) -> [&'a (dyn ToSql + Sync); N] + Send + Sync,
{
    async fn on(&self, held: &Held<'_>) -> Result<Vec<R>> {
        held.prepare(self.query).await?;
        let mut results = Vec::with_capacity(self.items.len());
        let mut under_way: VecDeque<Pin<Box<MaybeDone<_>>>> = VecDeque::with_capacity(WINDOW);
        let mut items = self.items.iter();
        loop {
            while under_way.len() < WINDOW
                && let Some(item) = items.next()
            {
                let mut call = Box::pin(future::maybe_done(self.call(held, item)));
                // The first poll sends it, so that the statements run in the order of the items.
                std::future::poll_fn(|cx| {
                    let _ = call.as_mut().poll(cx);
                    Poll::Ready(())
                })
                .await;
                under_way.push_back(call);
            }
            let Some(mut call) = under_way.pop_front() else { return Ok(results) };
            // It was sent together with those before it, and the server begins with it after them.
            let answer = held.hear(async {
                call.as_mut().await;
                call.as_mut().take_output().unwrap_or_else(|| Err(Error::unheard()))
            });
            let answer = answer.await.map_err(|error| error.at_item(results.len() as u64));
            results.push(answer?);
        }
    }

    async fn call(&self, held: &Held<'_>, item: &'a T) -> Result<R> {
        let params = (self.params)(item);
        let params: Params<'_> = &params;
        let mut answer = None;
        let bound = Bound { query: self.query.into(), params };
        let reply = held.run(&bound, Some(&mut |row| (self.read)(&mut answer, row))).await?;
        self.expected.check(reply)?;
        (self.end)(answer, reply.affected, self.query)
    }
}
