//! Rows that are read as they arrive.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;

use crate::call::{Held, Started};
use crate::observe::Observation;
use crate::row::CustomColumns;
use crate::{Error, FromRow, Query, Result, Row};

/// The rows of a query, decoded as they arrive, so that a result can be larger than memory.
///
/// On a `Database` it has a connection of its own until the last row has been read. Dropped earlier, it closes that
/// connection instead of reading the rest. In a transaction the next statement waits until the stream has been read to its
/// end or dropped.
#[must_use = "nothing is read unless the stream is polled"]
pub struct RowStream<'a, R> {
    rows: Pin<Box<tokio_postgres::RowStream>>,
    custom: CustomColumns,
    query: &'static Query,
    held: Option<Held<'a>>,
    observation: Option<Observation>,
    count: u64,
    row: PhantomData<fn() -> R>,
}

impl<'a, R> RowStream<'a, R> {
    pub(crate) fn new(
        query: &'static Query,
        held: Held<'a>,
        Started { rows, custom }: Started,
        observation: Observation,
    ) -> Self {
        RowStream {
            rows: Box::pin(rows),
            custom,
            query,
            held: Some(held),
            observation: Some(observation),
            count: 0,
            row: PhantomData,
        }
    }

    /// The stream ends while the server is still sending, so the connection cannot be reused.
    fn end_amid(&mut self, error: &Error) {
        drop(self.held.take());
        if let Some(mut observation) = self.observation.take() {
            observation.end(self.count, Some(error));
        }
    }

    /// The server has sent everything, or failed: the connection can be reused.
    fn end(&mut self, error: Option<&Error>) {
        if let Some(mut held) = self.held.take() {
            held.ended_by(error);
        }
        if let Some(mut observation) = self.observation.take() {
            observation.end(self.count, error);
        }
    }
}

impl<R: FromRow> Stream for RowStream<'_, R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(held) = &this.held else { return Poll::Ready(None) };
        Poll::Ready(match ready!(this.rows.as_mut().poll_next(cx)) {
            Some(Ok(row)) => {
                if this.count == 0
                    && let Some(error) = held.drift(this.query, &row)
                {
                    let error = error.of(this.query);
                    this.end_amid(&error);
                    return Poll::Ready(Some(Err(error)));
                }
                this.count += 1;
                Some(R::from_row(&Row::new(row, this.query, this.custom)))
            }
            Some(Err(error)) => {
                let error = held.failed(error).of(this.query);
                this.end(Some(&error));
                Some(Err(error))
            }
            None => {
                this.end(None);
                None
            }
        })
    }
}

impl<R> Drop for RowStream<'_, R> {
    fn drop(&mut self) {
        if let Some(mut observation) = self.observation.take() {
            observation.end(self.count, None);
        }
    }
}
