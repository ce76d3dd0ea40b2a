//! Running a transaction again.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::Error;

/// Runs `work`, up to `attempts` times in all, for as long as it fails with a serialization failure or a deadlock,
/// which say nothing else than that it came at the wrong moment.
///
/// ```no_run
/// # async fn example(db: &sqlward::Database) -> sqlward::Result<()> {
/// sqlward::retry(5, || db.transaction(async |tx| Ok::<_, sqlward::Error>(()))).await
/// # }
/// ```
///
/// It waits between attempts, longer each time and by chance, so that those who met do not meet again.
pub async fn retry<T, E, F, W>(attempts: u32, mut work: W) -> Result<T, E>
where
    E: Retryable,
    F: Future<Output = Result<T, E>>,
    W: FnMut() -> F,
{
    let mut attempt = 1;
    loop {
        match work().await {
            Err(error) if attempt < attempts && error.is_retryable() => {
                tracing::debug!(target: "sqlward", attempt, "running the transaction again");
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// An error that knows whether its transaction can be run again; for the errors of an application, which
/// `Error::is_retryable` of the one they hold answers.
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
