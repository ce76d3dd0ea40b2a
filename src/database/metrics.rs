//! How a pool is used.

use std::sync::atomic::Ordering;

use deadpool::Status;

use crate::connection::Counts;

/// How a pool is used: the first five at this moment, and the others since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// How many connections there can be.
    pub max_size: usize,
    /// How many there are.
    pub size: usize,
    /// How many of them are free.
    pub available: usize,
    /// How many of them are in use.
    pub in_use: usize,
    /// How many calls wait for one.
    pub waiting: usize,
    /// How many connections were made.
    pub created: u64,
    /// How many were closed because a call or a transaction on them was given up before its end, or broke.
    pub abandoned: u64,
    /// How many could not be made.
    pub failed: u64,
}

impl PoolMetrics {
    pub(super) fn new(status: Status, max_size: usize, counts: &Counts) -> PoolMetrics {
        PoolMetrics {
            max_size,
            size: status.size,
            available: status.available,
            in_use: status.size - status.available,
            waiting: status.waiting,
            created: counts.created.load(Ordering::Relaxed),
            abandoned: counts.abandoned.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
        }
    }
}
