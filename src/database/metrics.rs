//! How a pool is used.

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
