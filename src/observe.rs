//! What `tracing` is told of a call.

use std::time::Instant;

use tracing::Span;
use tracing::field::{Empty, display};

use crate::{Error, Query};

/// The span of one call: the query's name, the reason of a service, and in the end rows, time and kind of error. It
/// never holds a value. Where nobody listens, it costs a check of one flag.
pub(crate) struct Observation {
    span: Span,
    since: Option<Instant>,
}

impl Observation {
    pub(crate) fn begin(query: &Query, reason: Option<&str>) -> Observation {
        let span = tracing::debug_span!(
            target: "sqlward",
            "query",
            query = query.name(),
            reason,
            rows = Empty,
            elapsed_us = Empty,
            error = Empty,
        );
        let since = (!span.is_disabled()).then(Instant::now);
        Observation { span, since }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(crate) fn end(self, rows: u64, error: Option<&Error>) {
        let Some(since) = self.since else { return };
        self.span.record("elapsed_us", u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
        match error {
            None => self.span.record("rows", rows),
            Some(error) => self.span.record("error", display(error)),
        };
    }
}
