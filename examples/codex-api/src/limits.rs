//! How often something may be tried: passwords, mails to one address, tokens.
//!
//! A table in the memory of this process, of a fixed size, so that no flood of addresses makes it grow. Two keys can share
//! a place, as seldom as the table is large, and then their tries as well; which ones do, nobody outside can tell. Where
//! several processes serve, each counts for itself: a limit is that many times as high.
//!
//! What is limited is an address, not who sends the requests: behind a proxy the service does not know them. So whoever
//! keeps trying an address keeps its owner from signing in with a password meanwhile, and not from the sessions that they
//! have.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::problem::{Problem, Result};

/// The limits of the service.
pub struct Limits {
    /// Passwords that are tried for an address.
    pub passwords: Limit,
    /// Mails that are sent to an address because someone said so who is not signed in.
    pub mails: Limit,
    /// Secrets that are tried for a one-time token.
    pub tokens: Limit,
}

impl Limits {
    /// None is used up.
    pub fn new() -> Limits {
        Limits {
            passwords: Limit::new(10, Duration::from_secs(30)),
            mails: Limit::new(5, Duration::from_secs(600)),
            tokens: Limit::new(10, Duration::from_secs(60)),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

/// So many tries at once, and then one for each interval that has gone by.
pub struct Limit {
    burst: u32,
    interval: Duration,
    began: Instant,
    hasher: RandomState,
    /// For each place, when all tries are there again, in milliseconds from the beginning.
    places: Box<[AtomicU64]>,
}

/// How many keys have a place of their own.
const PLACES: usize = 1 << 16;

impl Limit {
    /// That many at once, and one more with each interval.
    pub fn new(burst: u32, interval: Duration) -> Limit {
        let places = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Limit { burst, interval, began: Instant::now(), hasher: RandomState::new(), places }
    }

    /// Counts a try, or says when to come again.
    pub fn count(&self, key: &str) -> Result<()> {
        self.count_at(key, self.began.elapsed()).map_err(Problem::too_many)
    }

    fn count_at(&self, key: &str, now: Duration) -> std::result::Result<(), Duration> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let (now, interval) = (millis(now), millis(self.interval));
        let most = interval.saturating_mul(self.burst.into());
        let place = usize::try_from(self.hasher.hash_one(key) % PLACES as u64).expect("it is one of them");
        let one_more = |full: u64| {
            let full = full.max(now).saturating_add(interval);
            (full - now <= most).then_some(full)
        };
        let counted = self.places[place].fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        counted.map(|_| ()).map_err(|full| Duration::from_millis(full.saturating_add(interval) - now - most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_for_each_key_and_come_back() {
        let limit = Limit::new(3, Duration::from_secs(10));
        let at = Duration::from_secs;
        let count = |key, now| limit.count_at(key, now);
        for _ in 0..3 {
            assert_eq!(count("ann", at(100)), Ok(()));
        }
        assert_eq!(count("ann", at(100)), Err(at(10)));
        assert_eq!(count("ann", at(104)), Err(at(6)));
        assert_eq!(count("bob", at(104)), Ok(()));
        // One came back, and no more than that.
        assert_eq!(count("ann", at(110)), Ok(()));
        assert_eq!(count("ann", at(110)), Err(at(10)));
        // After a long time all are there, and not more than all.
        for _ in 0..3 {
            assert_eq!(count("ann", at(10_000)), Ok(()));
        }
        assert_eq!(count("ann", at(10_000)), Err(at(10)));
    }

    #[test]
    fn of_many_at_once_no_more_are_let_through() {
        let limit = Limit::new(5, Duration::from_secs(3600));
        let let_through = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..100).filter(|_| limit.count("ann").is_ok()).count()))
                .collect();
            tries.into_iter().map(|tries| tries.join().unwrap()).sum::<usize>()
        });
        assert_eq!(let_through, 5);
    }
}
