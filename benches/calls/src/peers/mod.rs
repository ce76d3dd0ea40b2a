//! The libraries that are compared: the peers.

mod cached;
mod cornucopia;
mod diesel;
mod handwritten;
mod sqlward;
mod sqlx;

use tokio::runtime::Runtime;

use crate::scenario::{Opened, Outcome, Peer, Subject};

/// A peer: its name, and the function that connects it.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub open: fn(Runtime, &str, usize) -> Outcome<Box<dyn Subject>>,
}

const fn entry<P: Peer>() -> Entry {
    Entry { name: P::NAME, open: Opened::<P>::boxed }
}

/// All peers. The others are compared with the first one.
pub const ALL: [Entry; 6] = [
    entry::<handwritten::Handwritten>(),
    entry::<sqlward::Sqlward>(),
    entry::<cached::Cached>(),
    entry::<cornucopia::Cornucopia>(),
    entry::<sqlx::Sqlx>(),
    entry::<diesel::Diesel>(),
];
