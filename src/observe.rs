//! What `tracing` is told, which is never a value.
//!
//! Without a subscriber and a threshold it costs a check of one flag.

use std::future;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};

use tracing::field::{Empty, display};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};

use crate::{Error, Query, Result};

/// The observation of one call, if there is a subscriber or a threshold. Boxed, so that other calls do not carry it.
pub(crate) struct Observation(Option<Box<Call>>);

/// A call with its span, which records the query's name and scope, a service's reason, and at the end rows, time and error.
struct Call {
    span: Span,
    query: &'static Query,
    since: Instant,
    slow: Option<Duration>,
}

impl Observation {
    /// Begins to observe a call, which is warned of if it takes longer than `slow`.
    #[inline]
    pub(crate) fn begin(query: &'static Query, reason: Option<&str>, slow: Option<Duration>) -> Observation {
        if slow.is_none() && !listens() {
            return Observation(None);
        }
        Observation::of(query, reason, slow)
    }

    /// The uncommon case, in a function of its own so that its stack frame is not part of every call.
    #[inline(never)]
    fn of(query: &'static Query, reason: Option<&str>, slow: Option<Duration>) -> Observation {
        let slow = slow.filter(|_| tracing::enabled!(target: "sqlward", Level::WARN));
        if slow.is_none() && !listens() {
            return Observation(None);
        }
        let span = tracing::debug_span!(
            target: "sqlward",
            "query",
            query = query.name(),
            scope = query.scope(),
            reason,
            rows = Empty,
            elapsed_us = Empty,
            error = Empty,
        );
        let is_wanted = slow.is_some() || !span.is_disabled();
        Observation(is_wanted.then(|| Box::new(Call { span, query, since: Instant::now(), slow })))
    }

    /// The span, if there is one.
    pub(crate) fn span(&self) -> Span {
        self.0.as_ref().map_or_else(Span::none, |call| call.span.clone())
    }

    /// Polls the work within the span, and records the outcome with the rows that `rows` counts. It is not an `async fn`, since
    /// every layer of futures costs something at each wake-up.
    #[inline]
    pub(crate) fn watch<T, W>(
        mut self,
        query: &'static Query,
        mut work: Pin<&mut W>,
        rows: impl Fn(&T) -> u64,
    ) -> impl Future<Output = Result<T>>
    where
        W: Future<Output = Result<T>>,
    {
        future::poll_fn(move |cx| {
            let entered = self.0.as_ref().map(|call| call.span.enter());
            // Polled in one place, so that it is inlined here.
            let result = ready!(work.as_mut().poll(cx)).map_err(|error| error.of(query));
            drop(entered);
            self.end(result.as_ref().map_or(0, &rows), result.as_ref().err());
            Poll::Ready(result)
        })
    }

    #[inline]
    pub(crate) fn end(&mut self, rows: u64, error: Option<&Error>) {
        let Some(call) = self.0.take() else { return };
        match error {
            None => call.span.record("rows", rows),
            Some(error) => call.span.record("error", display(error)),
        };
        call.took(rows);
    }
}

impl Call {
    fn took(&self, rows: u64) {
        let elapsed = self.since.elapsed();
        let elapsed_us = micros(elapsed);
        self.span.record("elapsed_us", elapsed_us);
        if self.slow.is_some_and(|slow| elapsed >= slow) {
            let (query, scope) = (self.query.name(), self.query.scope());
            tracing::warn!(target: "sqlward", parent: &self.span, query, scope, rows, elapsed_us, "slow query");
        }
    }
}

impl Drop for Observation {
    /// The caller dropped the call, if no outcome was recorded.
    #[inline]
    fn drop(&mut self) {
        if let Some(call) = &self.0 {
            call.span.record("error", "given up");
            call.took(0);
        }
    }
}

/// Whether there is a subscriber for calls. Usually there is none, and this is one atomic load.
#[inline]
fn listens() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

/// The span of a transaction or of a savepoint, around the spans of its calls.
pub(crate) struct Course(Option<Box<(Span, Instant)>>);

impl Course {
    /// Begins the span at this depth of nesting.
    pub(crate) fn begin(depth: u32) -> Course {
        if !listens() {
            return Course(None);
        }
        let span = tracing::debug_span!(
            target: "sqlward",
            "transaction",
            depth,
            outcome = Empty,
            elapsed_us = Empty,
        );
        Course((!span.is_disabled()).then(|| Box::new((span, Instant::now()))))
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|begun| begun.0.clone())
    }

    pub(crate) fn end(&mut self, outcome: Outcome) {
        let Some(begun) = self.0.take() else { return };
        let (span, since) = &*begun;
        span.record("outcome", outcome.as_str());
        span.record("elapsed_us", micros(since.elapsed()));
    }
}

impl Drop for Course {
    /// A panic, or a caller that dropped the transaction.
    fn drop(&mut self) {
        self.end(Outcome::GivenUp);
    }
}

/// The outcome of a transaction.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// No connection could be had, or there was no statement.
    NotBegun,
    Committed,
    RolledBack,
    /// The answer to COMMIT was lost.
    Unknown,
    /// It was dropped before its end, and is rolled back unless it was just being committed.
    GivenUp,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::NotBegun => "not begun",
            Outcome::Committed => "committed",
            Outcome::RolledBack => "rolled back",
            Outcome::Unknown => "unknown",
            Outcome::GivenUp => "given up",
        }
    }
}

/// The span of a statement that begins or ends a transaction, if there is a subscriber.
pub(crate) fn control(command: &'static str) -> Option<Span> {
    listens().then(|| tracing::debug_span!(target: "sqlward", "control", command))
}

/// Runs the work within the span, if there is one.
#[inline]
pub(crate) fn inside<W: Future>(
    span: Option<Span>,
    mut work: Pin<&mut W>,
) -> impl Future<Output = W::Output> {
    future::poll_fn(move |cx| {
        let _entered = span.as_ref().map(Span::enter);
        work.as_mut().poll(cx)
    })
}

fn micros(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
}
