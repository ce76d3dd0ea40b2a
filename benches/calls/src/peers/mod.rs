//! Who is compared.

mod cached;
mod cornucopia;
mod diesel;
mod handwritten;
mod sqlward;
mod sqlx;

use tokio::runtime::Runtime;

use crate::scenario::{Opened, Outcome, Peer, Subject};

/// A peer by name, and how it is connected.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub open: fn(Runtime, &str, usize) -> Outcome<Box<dyn Subject>>,
}

const fn entry<P: Peer>() -> Entry {
    Entry { name: P::NAME, open: Opened::<P>::boxed }
}

/// The first is what the others are compared with.
pub const ALL: [Entry; 6] = [
    entry::<handwritten::Handwritten>(),
    entry::<sqlward::Sqlward>(),
    entry::<cached::Cached>(),
    entry::<cornucopia::Cornucopia>(),
    entry::<sqlx::Sqlx>(),
    entry::<diesel::Diesel>(),
];
