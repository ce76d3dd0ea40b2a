//! The same work on many items, by several threads.

use std::panic::resume_unwind;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// The number of items below which another thread costs more than it saves.
const FEWEST: usize = 16;

/// As much as the first thread of a process usually has: queries nest as deep in any thread.
const STACK: usize = 8 * 1024 * 1024;

/// What `each` makes of the items, in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(processors).max(FEWEST);
    let all = |items: &[T]| items.iter().map(&each).collect::<Vec<R>>();
    thread::scope(|scope| {
        let mut shares = items.chunks(share);
        let own = shares.next().unwrap_or_default();
        let others: Vec<_> = shares.map(|share| (share, spawn(scope, || all(share)))).collect();
        let mut done = all(own);
        for (share, other) in others {
            // Without a thread to spare this one does it.
            done.extend(other.map_or_else(|| all(share), join));
        }
        done
    })
}

/// Begins work beside ours, if there is a thread to spare.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()
}

/// What a thread has made; its panic is ours.
pub(crate) fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_comes_of_the_items_is_in_their_order() {
        for size in [0, 1, 16, 17, 1_000] {
            let items: Vec<usize> = (0..size).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(super::map(&items, |item| item * 2), doubled);
        }
    }
}
