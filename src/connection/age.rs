//! The lifetime and the idle time of a connection.

use std::time::{Duration, Instant};

/// When a connection expires. Checked before every call, which reads the clock once.
pub(super) struct Age {
    /// The end of its lifetime.
    end: Option<Instant>,
    /// How long it may be idle.
    idle: Option<Duration>,
    /// The end of its lifetime or, if that is earlier, of its idle time unless it is used.
    until: Option<Instant>,
    /// When a use is next recorded. Not every use is, so the idle time may be up to a sixteenth shorter.
    written: Option<Instant>,
}

impl Age {
    /// Of a connection opened now.
    pub(super) fn new(now: Instant, lifetime: Option<Duration>, idle: Option<Duration>) -> Age {
        let end = lifetime.and_then(|lifetime| now.checked_add(lifetime));
        let mut age = Age { end, idle, until: end, written: Some(now) };
        age.used(now);
        age
    }

    /// Whether it has not expired.
    #[inline]
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Records a use.
    #[inline]
    pub(super) fn used(&mut self, now: Instant) {
        if let Some(idle) = self.idle
            && self.written.is_some_and(|written| written <= now)
        {
            self.until = self.end.into_iter().chain(now.checked_add(idle)).min();
            self.written = now.checked_add(idle / 16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_comes_first() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let limits = |lifetime: Option<u64>, idle: Option<u64>| {
            Age::new(begin, lifetime.map(Duration::from_secs), idle.map(Duration::from_secs))
        };
        assert!(limits(None, None).is_fresh(at(1_000_000)));
        let old = limits(Some(100), None);
        assert!(old.is_fresh(at(99)) && !old.is_fresh(at(100)));

        let mut idle = limits(Some(100), Some(16));
        assert!(idle.is_fresh(at(15)) && !idle.is_fresh(at(16)));
        idle.used(at(15));
        assert!(idle.is_fresh(at(30)) && !idle.is_fresh(at(31)));
        idle.used(at(90));
        assert!(idle.is_fresh(at(99)) && !idle.is_fresh(at(100)));
    }

    #[test]
    fn no_use_is_forgotten_for_more_than_a_sixteenth() {
        let begin = Instant::now();
        let mut age = Age::new(begin, None, Some(Duration::from_millis(1600)));
        for used in 0..1000 {
            let now = begin + Duration::from_millis(7 * used);
            age.used(now);
            assert!(age.is_fresh(now + Duration::from_millis(1499)));
            assert!(!age.is_fresh(now + Duration::from_millis(1600)));
        }
    }
}
