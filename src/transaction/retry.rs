//! Running a transaction again.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::Error;

/// Runs `work` again as long as it fails with a serialization failure or a deadlock and attempts are left. These failures
/// depend on timing alone; the next attempt can succeed.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(db: &sqlward::Database) -> sqlward::Result<()> {
/// sqlward::retry(5, || db.transaction(async |tx| Ok::<_, sqlward::Error>(()))).await?;
/// // With a time limit: no attempt begins later than two seconds after the first.
/// let attempts = sqlward::Attempts::new(5).within(Duration::from_secs(2));
/// sqlward::retry(attempts, || db.transaction(async |tx| Ok::<_, sqlward::Error>(()))).await
/// # }
/// ```
///
/// The pauses between attempts grow and are random, so that transactions that collided do not collide again. Any other
/// error is returned at once, in particular a COMMIT whose answer was lost.
pub async fn retry<T, E, F, W>(attempts: impl Into<Attempts>, mut work: W) -> Result<T, E>
where
    E: Retryable,
    F: Future<Output = Result<T, E>>,
    W: FnMut() -> F,
{
    let Attempts { count, within } = attempts.into();
    let deadline = within.and_then(|within| Instant::now().checked_add(within));
    let mut attempt = 1;
    loop {
        let error = match work().await {
            Err(error) if attempt < count && error.is_retryable() => error,
            result => return result,
        };
        let pause = pause(attempt);
        if deadline.is_some_and(|deadline| Instant::now() + pause >= deadline) {
            return Err(error);
        }
        let pause_us = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(target: "sqlward", attempt, pause_us, "running the transaction again");
        tokio::time::sleep(pause).await;
        attempt += 1;
    }
}

/// How often [`retry`] runs a transaction, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Attempts {
    count: u32,
    within: Option<Duration>,
}

impl Attempts {
    /// At most that many attempts, at least one. A plain number means the same: `retry(5, ...)`.
    pub const fn new(count: u32) -> Attempts {
        Attempts { count, within: None }
    }

    /// No attempt begins later than this after the first. A running attempt is not cut short, since it may be committing.
    pub const fn within(self, time: Duration) -> Attempts {
        Attempts { within: Some(time), ..self }
    }
}

impl From<u32> for Attempts {
    fn from(count: u32) -> Attempts {
        Attempts::new(count)
    }
}

/// An error that knows whether its transaction can be run again. Implement it for an application's errors by asking the
/// [`Error`] inside.
pub trait Retryable {
    /// Whether it is a serialization failure or a deadlock.
    fn is_retryable(&self) -> bool;
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        Error::is_retryable(self)
    }
}

/// A random pause, up to 4 ms after the first attempt, doubled after each further one, at most half a second.
fn pause(attempt: u32) -> Duration {
    let longest = 4000_u64.saturating_mul(1 << attempt.min(10).saturating_sub(1)).min(500_000);
    // The seed of a hash map is the standard library's source of randomness.
    let chance = RandomState::new().hash_one(attempt);
    Duration::from_micros(chance % (longest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for attempt in [1, 2, 5, 20, u32::MAX] {
            let longest = (0..200).map(|_| pause(attempt)).max().unwrap();
            let bound = Duration::from_millis((4 << attempt.min(10).saturating_sub(1)).min(500));
            assert!(longest <= bound, "{attempt}: {longest:?}");
            assert!(longest > bound / 4, "{attempt}: {longest:?} is not spread");
        }
    }
}
