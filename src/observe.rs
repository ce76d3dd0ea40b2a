//! What `tracing` is told: never a value.
//!
//! Where nobody listens and no threshold is set, it costs a check of one flag.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::future::Either;
use tracing::field::{Empty, display};
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Level, Span};

use crate::{Error, Query};

/// Runs the work within the span, if anybody listens.
pub(crate) fn watch<'a, F: Future>(
    span: &Span,
    work: Pin<&'a mut F>,
) -> Either<Pin<&'a mut F>, Instrumented<Pin<&'a mut F>>> {
    if span.is_disabled() { Either::Left(work) } else { Either::Right(work.instrument(span.clone())) }
}

/// The span of one call: the query's name and scope, the reason of a service, and in the end rows, time and error.
pub(crate) struct Observation {
    span: Span,
    query: &'static Query,
    /// `None` once it has been told how the call ended, or if nobody wants to know.
    since: Option<Instant>,
    slow: Option<Duration>,
}

impl Observation {
    /// A call that takes longer than `slow` is warned of.
    pub(crate) fn begin(query: &'static Query, reason: Option<&str>, slow: Option<Duration>) -> Observation {
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
        let slow = slow.filter(|_| tracing::enabled!(target: "sqlward", Level::WARN));
        let since = (slow.is_some() || !span.is_disabled()).then(Instant::now);
        Observation { span, query, since, slow }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn end(mut self, rows: u64, error: Option<&Error>) {
        match error {
            None => self.span.record("rows", rows),
            Some(error) => self.span.record("error", display(error)),
        };
        self.took(rows);
    }

    fn took(&mut self, rows: u64) {
        let Some(since) = self.since.take() else { return };
        let elapsed = since.elapsed();
        let elapsed_us = micros(elapsed);
        self.span.record("elapsed_us", elapsed_us);
        if self.slow.is_some_and(|slow| elapsed >= slow) {
            let (query, scope) = (self.query.name(), self.query.scope());
            tracing::warn!(target: "sqlward", parent: &self.span, query, scope, rows, elapsed_us, "slow query");
        }
    }
}

impl Drop for Observation {
    /// Its caller gave up.
    fn drop(&mut self) {
        if self.since.is_some() {
            self.span.record("error", "given up");
            self.took(0);
        }
    }
}

/// The span of a transaction or of a savepoint in one, around those of its calls.
pub(crate) struct Course {
    span: Span,
    since: Option<Instant>,
}

impl Course {
    /// How deep it is nested.
    pub(crate) fn begin(depth: u32) -> Course {
        let span = tracing::debug_span!(
            target: "sqlward",
            "transaction",
            depth,
            outcome = Empty,
            elapsed_us = Empty,
        );
        let since = (!span.is_disabled()).then(Instant::now);
        Course { span, since }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn end(&mut self, outcome: Outcome) {
        let Some(since) = self.since.take() else { return };
        self.span.record("outcome", outcome.as_str());
        self.span.record("elapsed_us", micros(since.elapsed()));
    }
}

impl Drop for Course {
    /// A panic, or a caller that gave up.
    fn drop(&mut self) {
        self.end(Outcome::GivenUp);
    }
}

/// What became of a transaction.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// There was no connection for it, or none any more.
    NotBegun,
    Committed,
    RolledBack,
    /// The answer to COMMIT was lost.
    Unknown,
    /// It was left before its end, and is rolled back unless it was just being committed.
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

/// The span of a statement that begins or ends a transaction.
pub(crate) fn control(command: &'static str) -> Span {
    tracing::debug_span!(target: "sqlward", "control", command)
}

fn micros(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
}
