//! Rate limits for password attempts, mails to an address, and one-time tokens.
//!
//! They are counted in memory, in a fixed number of slots, so that a flood of addresses cannot use up the memory. Two
//! addresses may hash to the same slot and then share a limit. That is rare, and nobody outside can tell which ones do.
//! Each process counts for itself, so with several processes the limit is that many times as high.
//!
//! Limits are by account address and not by client IP, which the service does not know behind a proxy. So anyone can
//! use up an account's password attempts. Its owner then cannot sign in with a password for a while, but existing
//! sessions keep working.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::{Problem, Result};

/// The limits of the service.
pub struct Limits {
    /// Password attempts for an address.
    pub passwords: Limit,
    /// Mails to an address that a caller who is not signed in has asked for.
    pub mails: Limit,
    /// Attempts with a one-time token.
    pub tokens: Limit,
}

impl Limits {
    /// The limits, none of them used.
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

/// A token bucket: a burst of attempts, and then one for each interval that has passed.
pub struct Limit {
    tries: DefaultKeyedRateLimiter<u16>,
    hasher: RandomState,
}

impl Limit {
    /// Allows `burst` attempts at once, and one more after each interval.
    ///
    /// # Panics
    /// If the interval is zero.
    pub fn new(burst: NonZeroU32, interval: Duration) -> Limit {
        let quota = Quota::with_period(interval).expect("an interval is some time").allow_burst(burst);
        Limit { tries: RateLimiter::keyed(quota), hasher: RandomState::new() }
    }

    /// Counts an attempt. If it is over the limit, the error says when to retry.
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
