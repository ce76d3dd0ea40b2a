//! The same work on many items, on several threads.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// The number of items below which starting a thread costs more than it saves.
const FEWEST: usize = 16;

/// How many items a thread takes at once.
const SHARE: usize = 4;

/// As much as a process's first thread usually has, so that queries may nest as deeply in any thread.
const STACK: usize = 8 * 1024 * 1024;

/// Applies `each` to the items; the results are in the items' order. Threads take small shares in turns, so that none is
/// idle while there is work. On a machine with one processor this thread does it all.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let shares: Vec<&[T]> = items.chunks(SHARE).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = numbers.map_while(|number| Some((number, shares.get(number)?)));
        mine.map(|(number, share)| (number, share.iter().map(&each).collect::<Vec<R>>())).collect::<Vec<_>>()
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut done = thread::scope(|scope| {
        let others = 1..processors.min(items.len().div_ceil(FEWEST));
        let others: Vec<_> = others.filter_map(|_| spawn(scope, work)).collect();
        let mut done = work();
        others.into_iter().for_each(|other| done.extend(join(other)));
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, share)| share).collect()
}

/// Starts work on another thread, if there is a processor for it.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()
}

/// The result of a thread; its panic is propagated.
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
