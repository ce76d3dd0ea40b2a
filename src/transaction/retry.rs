//! Running a transaction again.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::Error;

/// Runs `work` again, for as long as it fails with a serialization failure or a deadlock, which say nothing else than
/// that it came at the wrong moment, and while there are attempts left.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(db: &sqlward::Database) -> sqlward::Result<()> {
/// sqlward::retry(5, || db.transaction(async |tx| Ok::<_, sqlward::Error>(()))).await?;
/// // And none of them begins later than two seconds from now.
/// let attempts = sqlward::Attempts::new(5).within(Duration::from_secs(2));
/// sqlward::retry(attempts, || db.transaction(async |tx| Ok::<_, sqlward::Error>(()))).await
/// # }
/// ```
///
/// It waits between attempts, longer each time and by chance, so that those who met do not meet again. Any other error
/// is returned at once, above all that of a COMMIT whose answer was lost.
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
    /// That many in all, at least one. A number alone says the same: `retry(5, ...)`.
    pub const fn new(count: u32) -> Attempts {
        Attempts { count, within: None }
    }

    /// None begins later than this after the first. One that is under way is not cut short, since it might be
    /// committing.
    pub const fn within(self, time: Duration) -> Attempts {
        Attempts { within: Some(time), ..self }
    }
}

impl From<u32> for Attempts {
    fn from(count: u32) -> Attempts {
        Attempts::new(count)
    }
}

/// An error that knows whether its transaction can be run again. Implement it for the errors of an application by asking
/// the [`Error`] that they hold.
pub trait Retryable {
    /// Whether it is a serialization failure or a deadlock.
    fn is_retryable(&self) -> bool;
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        Error::is_retryable(self)
    }
}

/// Between nothing and 4 ms after the first attempt, twice that after each further one, at most half a second.
fn pause(attempt: u32) -> Duration {
    let longest = 4000_u64.saturating_mul(1 << attempt.min(10).saturating_sub(1)).min(500_000);
    // The seed of a hash map is the chance that the standard library has.
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
