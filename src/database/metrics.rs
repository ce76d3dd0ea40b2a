//! The state of a pool.

/// The state of a pool: the first five as of now, the others counted since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// The maximum number of connections.
    pub max_size: usize,
    /// How many connections are open.
    pub size: usize,
    /// How many of them are free.
    pub available: usize,
    /// How many of them are in use.
    pub in_use: usize,
    /// How many calls wait for a connection.
    pub waiting: usize,
    /// How many connections were opened.
    pub created: u64,
    /// How many were closed because a call or a transaction on them was dropped before its end, or because they broke.
    pub abandoned: u64,
    /// How many could not be opened.
    pub failed: u64,
}
