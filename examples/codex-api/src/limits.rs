//! How often something may be tried: passwords, mails to one address, tokens.
//!
//! Counted in the memory of this process, under as many keys as there are, so that no flood of addresses makes it grow: two
//! addresses can share a key, as seldom as keys are many, and then their tries as well; which ones do, nobody outside can
//! tell. Where several processes serve, each counts for itself: a limit is that many times as high.
//!
//! What is limited is an address, not who sends the requests: behind a proxy the service does not know them. So whoever
//! keeps trying an address keeps its owner from signing in with a password meanwhile, and not from the sessions that they
//! have.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

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
            passwords: Limit::new(TEN, Duration::from_secs(30)),
            mails: Limit::new(FIVE, Duration::from_secs(600)),
            tokens: Limit::new(TEN, Duration::from_secs(60)),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

const FIVE: NonZeroU32 = NonZeroU32::new(5).unwrap();
const TEN: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// So many tries at once, and then one for each interval that has gone by.
pub struct Limit {
    tries: DefaultKeyedRateLimiter<u16>,
    hasher: RandomState,
}

impl Limit {
    /// That many at once, and one more with each interval.
    ///
    /// # Panics
    /// Where the interval is nothing.
    pub fn new(burst: NonZeroU32, interval: Duration) -> Limit {
        let quota = Quota::with_period(interval).expect("an interval is some time").allow_burst(burst);
        Limit { tries: RateLimiter::keyed(quota), hasher: RandomState::new() }
    }

    /// Counts a try, or says when to come again.
    pub fn count(&self, of: &str) -> Result<()> {
        let [low, high, ..] = self.hasher.hash_one(of).to_le_bytes();
        let counted = self.tries.check_key(&u16::from_le_bytes([low, high]));
        counted.map_err(|until| Problem::too_many(until.wait_time_from(DefaultClock::default().now())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_for_each_key() {
        let limit = Limit::new(FIVE, Duration::from_secs(3600));
        for _ in 0..5 {
            assert!(limit.count("ann").is_ok());
        }
        assert!(limit.count("ann").is_err());
        assert!(limit.count("bob").is_ok());
    }

    #[test]
    fn of_many_at_once_no_more_are_let_through() {
        let limit = Limit::new(FIVE, Duration::from_secs(3600));
        let let_through = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..100).filter(|_| limit.count("ann").is_ok()).count()))
                .collect();
            tries.into_iter().map(|tries| tries.join().unwrap()).sum::<usize>()
        });
        assert_eq!(let_through, 5);
    }
}
