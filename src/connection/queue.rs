//! The queue before a pool: who waits, in which order, and for how long.
//!
//! What somebody gives back is handed to the one who has waited longest, and only goes into the pool when nobody waits: the
//! way through the pool, with its semaphore, would cost a good part of a call. So would a timer of the runtime for each
//! wait; a single thread ends those that have lasted too long.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use std::{io, mem, thread};

/// Who waits for a `T`.
///
/// While somebody waits, the pool has none: each `T` that leaves the pool comes back by [`pass`](Queue::pass), which looks
/// here first, and whoever begins to wait has found none in the pool. Both happen under one lock.
pub(super) struct Queue<T> {
    /// How long a wait may last.
    limit: Duration,
    /// How many wait. Changed under the lock, and read without it.
    length: AtomicUsize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// Why a wait ended without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unserved {
    /// It lasted too long.
    Over,
    /// The queue was closed.
    Closed,
}

struct State<T> {
    /// The waits in the order in which they began, and so in that in which they are over.
    waits: VecDeque<Wait<T>>,
    /// The number of the first of them, counted from the beginning.
    first: u64,
    /// The number of the first that may still last: all before it have ended.
    next: u64,
    /// When the thread looks next, if it does not have to be told.
    looks: Option<Instant>,
    closed: bool,
}

enum Wait<T> {
    /// It lasts, until it is over.
    Lasts { over: Instant, waker: Waker },
    /// It has ended, which the one who waits has not seen yet.
    Ended(Result<T, Unserved>),
    /// The one who waited has left.
    Left,
}

impl<T> Queue<T> {
    /// A queue for waits that last no longer than the limit, once [`watch`](Queue::watch) has started its thread.
    pub(super) fn new(limit: Duration) -> Queue<T> {
        /// Longer than any, and short enough for every clock.
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let limit = limit.min(CENTURY);
        let state = State { waits: VecDeque::new(), first: 0, next: 0, looks: None, closed: false };
        Queue { limit, length: AtomicUsize::new(0), state: Mutex::new(state), changed: Condvar::new() }
    }

    /// How many wait.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Waits for a `T`, unless nobody waits and `free` gives one.
    pub(super) fn wait<F>(&self, free: F) -> impl Future<Output = Result<T, Unserved>>
    where
        F: FnOnce() -> Option<T> + Unpin,
    {
        Turn { queue: self, stage: Stage::New(free) }
    }

    /// Hands the value to the one who has waited longest. Where nobody waits it is dropped, and so goes into the pool.
    pub(super) fn pass(&self, value: T) {
        let mut state = self.state();
        // Also dropped under the lock, so that nobody begins to wait before it is in the pool.
        let waker = self.end_next(&mut state, Ok(value));
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Ends all waits, and lets nobody wait any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.changed.notify_one();
        self.end_while(state, Unserved::Closed, |_| true);
    }

    /// Starts the thread that ends waits which are over, and calls `tend` once in every period, if there is one. It ends
    /// when the queue is closed. An error where the system gives no thread.
    pub(super) fn watch(
        self: &Arc<Self>,
        period: Option<Duration>,
        tend: impl FnMut() + Send + 'static,
    ) -> io::Result<()>
    where
        T: Send + 'static,
    {
        let queue = self.clone();
        let thread = thread::Builder::new().name("sqlward-pool".to_owned());
        thread.spawn(move || queue.run(period, tend)).map(drop)
    }

    fn run(&self, period: Option<Duration>, mut tend: impl FnMut()) {
        /// How long it sleeps where nothing is to be looked at until it is told.
        const LONG: Duration = Duration::from_secs(24 * 60 * 60);
        let next = || period.and_then(|period| Instant::now().checked_add(period));
        let mut due = next();
        loop {
            let now = Instant::now();
            self.end_while(self.state(), Unserved::Over, |over| over <= now);
            if due.is_some_and(|due| due <= now) {
                tend();
                due = next();
            }
            let mut state = self.state();
            if state.closed {
                return;
            }
            state.looks = due.into_iter().chain(state.over()).min();
            let pause = state.looks.map_or(LONG, |looks| looks.saturating_duration_since(Instant::now()));
            drop(self.changed.wait_timeout(state, pause));
        }
    }

    /// Ends waits without success, as long as the next is to end by when it would be over.
    fn end_while(&self, mut state: MutexGuard<'_, State<T>>, why: Unserved, ends: impl Fn(Instant) -> bool) {
        let mut wakers = Vec::new();
        while state.over().is_some_and(&ends) {
            wakers.extend(self.end_next(&mut state, Err(why)));
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ends the next wait with that, and gives the waker of the one who waits, if there is one.
    fn end_next(&self, state: &mut State<T>, result: Result<T, Unserved>) -> Option<Waker> {
        let next = state.next;
        let wait = state.find(next)?;
        let Wait::Lasts { waker, .. } = mem::replace(wait, Wait::Ended(result)) else { return None };
        self.length.fetch_sub(1, Ordering::Relaxed);
        state.next += 1;
        state.settle();
        Some(waker)
    }

    /// The one who waits leaves, and gets what the wait was.
    fn leave(&self, state: &mut State<T>, number: u64) -> Option<Wait<T>> {
        let wait = mem::replace(state.find(number)?, Wait::Left);
        if let Wait::Lasts { .. } = wait {
            self.length.fetch_sub(1, Ordering::Relaxed);
        }
        state.settle();
        Some(wait)
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn find(&mut self, number: u64) -> Option<&mut Wait<T>> {
        self.waits.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// When the next wait is over, if there is one.
    fn over(&mut self) -> Option<Instant> {
        let next = self.next;
        match self.find(next)? {
            Wait::Lasts { over, .. } => Some(*over),
            Wait::Ended(_) | Wait::Left => None,
        }
    }

    /// Somebody has left or was served: passes over those who left.
    fn settle(&mut self) {
        while self.waits.front().is_some_and(|wait| matches!(wait, Wait::Left)) {
            self.waits.pop_front();
            self.first += 1;
        }
        self.next = self.next.max(self.first);
        while let next = self.next
            && let Some(Wait::Left) = self.find(next)
        {
            self.next += 1;
        }
    }
}

/// The turn of one who waits.
struct Turn<'a, T, F> {
    queue: &'a Queue<T>,
    stage: Stage<F>,
}

enum Stage<F> {
    /// It has not begun: this is what looks into the pool.
    New(F),
    /// It is the wait of that number.
    Waits(u64),
    Done,
}

impl<T, F: FnOnce() -> Option<T>> Turn<'_, T, F> {
    fn begin(&mut self, free: F, cx: &mut Context<'_>) -> Poll<Result<T, Unserved>> {
        let queue = self.queue;
        let mut state = queue.state();
        if state.closed {
            return Poll::Ready(Err(Unserved::Closed));
        }
        if queue.len() == 0
            && let Some(value) = free()
        {
            return Poll::Ready(Ok(value));
        }
        // Within the lock, so that they are in order.
        let over = Instant::now() + queue.limit;
        self.stage = Stage::Waits(state.first + state.waits.len() as u64);
        state.waits.push_back(Wait::Lasts { over, waker: cx.waker().clone() });
        queue.length.fetch_add(1, Ordering::Relaxed);
        if state.looks.is_none_or(|looks| over < looks) {
            state.looks = Some(over);
            queue.changed.notify_one();
        }
        Poll::Pending
    }

    fn go_on(&mut self, number: u64, cx: &mut Context<'_>) -> Poll<Result<T, Unserved>> {
        let mut state = self.queue.state();
        if let Some(Wait::Lasts { waker, .. }) = state.find(number) {
            let before = mem::replace(waker, cx.waker().clone());
            self.stage = Stage::Waits(number);
            drop(state);
            // With a waker goes whatever belongs to it, which may be another wait.
            drop(before);
            return Poll::Pending;
        }
        match self.queue.leave(&mut state, number) {
            Some(Wait::Ended(result)) => Poll::Ready(result),
            Some(Wait::Lasts { .. } | Wait::Left) | None => {
                unreachable!("it has ended, and is there until now")
            }
        }
    }
}

impl<T, F: FnOnce() -> Option<T> + Unpin> Future for Turn<'_, T, F> {
    type Output = Result<T, Unserved>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Unserved>> {
        match mem::replace(&mut self.stage, Stage::Done) {
            Stage::New(free) => self.begin(free, cx),
            Stage::Waits(number) => self.go_on(number, cx),
            Stage::Done => panic!("it was polled after its end"),
        }
    }
}

impl<T, F> Drop for Turn<'_, T, F> {
    fn drop(&mut self) {
        let Stage::Waits(number) = self.stage else { return };
        let left = self.queue.leave(&mut self.queue.state(), number);
        // It was served, and did not come to see it.
        if let Some(Wait::Ended(Ok(value))) = left {
            self.queue.pass(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::future::join_all;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    /// A pool of numbers, with a queue before it.
    struct Numbers {
        free: Arc<Mutex<Vec<u32>>>,
        queue: Arc<Queue<Number>>,
    }

    /// A number out of the pool, into which it goes when it is dropped.
    #[derive(Debug)]
    struct Number(u32, Arc<Mutex<Vec<u32>>>);

    impl Drop for Number {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    impl Numbers {
        fn new(limit: Duration, numbers: impl IntoIterator<Item = u32>) -> Numbers {
            let free = Arc::new(Mutex::new(numbers.into_iter().collect()));
            Numbers { free, queue: Arc::new(Queue::new(limit)) }
        }

        fn wait(&self) -> impl Future<Output = Result<Number, Unserved>> {
            self.queue.wait(|| Some(Number(self.free.lock().unwrap().pop()?, self.free.clone())))
        }

        fn pass(&self, number: u32) {
            self.queue.pass(Number(number, self.free.clone()));
        }

        fn free(&self) -> Vec<u32> {
            self.free.lock().unwrap().clone()
        }
    }

    /// What comes of it, if somebody tells.
    async fn heard<F: Future>(future: F) -> F::Output {
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("nobody tells"),
            output = future => output,
        }
    }

    fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// The number that a poll gives, which stays out of the pool.
    fn number(poll: Poll<Result<Number, Unserved>>) -> Option<u32> {
        let Poll::Ready(result) = poll else { return None };
        let number = result.unwrap();
        let shown = number.0;
        mem::forget(number);
        Some(shown)
    }

    #[test]
    fn what_is_passed_goes_to_who_has_waited_longest_and_to_the_pool_where_nobody_waits() {
        let numbers = Numbers::new(SOON, [1]);
        assert_eq!(number(poll_once(&mut numbers.wait())), Some(1));
        let mut waits = [numbers.wait(), numbers.wait(), numbers.wait()];
        assert!(waits.iter_mut().all(|wait| poll_once(wait).is_pending()));
        assert_eq!(numbers.queue.len(), 3);
        numbers.pass(2);
        numbers.pass(3);
        assert_eq!((numbers.queue.len(), numbers.free()), (1, vec![]));
        assert_eq!(number(poll_once(&mut waits[1])), Some(3));
        assert_eq!(number(poll_once(&mut waits[0])), Some(2));
        assert_eq!(number(poll_once(&mut waits[2])), None);
        numbers.pass(4);
        numbers.pass(5);
        assert_eq!(number(poll_once(&mut waits[2])), Some(4));
        assert_eq!((numbers.queue.len(), numbers.free()), (0, vec![5]));
        assert_eq!(numbers.queue.state().waits.len(), 0);
    }

    #[test]
    fn whoever_leaves_leaves_the_others_their_turns() {
        let numbers = Numbers::new(SOON, []);
        let mut waits: Vec<_> = (0..6).map(|_| Box::new(numbers.wait())).collect();
        assert!(waits.iter_mut().all(|wait| poll_once(wait).is_pending()));
        drop((waits.remove(3), waits.remove(1), waits.remove(0)));
        assert_eq!(numbers.queue.len(), 3);
        numbers.pass(1);
        numbers.pass(2);
        // One who was served leaves without having seen it.
        drop(waits.remove(0));
        numbers.pass(3);
        assert_eq!([0, 1].map(|wait| number(poll_once(&mut waits[wait]))), [Some(2), Some(1)]);
        assert_eq!(numbers.free(), [3]);
        assert_eq!(numbers.queue.state().waits.len(), 0);
    }

    #[tokio::test]
    async fn waits_that_last_too_long_end() {
        let numbers = Numbers::new(SOON, []);
        numbers.queue.watch(None, || ()).unwrap();
        // Whoever polls last is told.
        let mut wait = numbers.wait();
        assert!(poll_once(&mut wait).is_pending());
        assert_eq!(heard(wait).await.unwrap_err(), Unserved::Over);
        let waits = (0..100).map(|_| async { numbers.wait().await.map(|number| number.0) });
        assert_eq!(heard(join_all(waits)).await, [Err(Unserved::Over); 100]);
        assert_eq!((numbers.queue.len(), numbers.queue.state().waits.len()), (0, 0));
        numbers.queue.close();
    }

    #[tokio::test]
    async fn nobody_waits_before_a_closed_pool() {
        let numbers = Numbers::new(Duration::MAX, []);
        let wait = || async { numbers.wait().await.map(|number| number.0) };
        let close = async { numbers.queue.close() };
        let (first, second, ()) = heard(async { tokio::join!(wait(), wait(), close) }).await;
        assert_eq!([first, second], [Err(Unserved::Closed); 2]);
        numbers.pass(1);
        assert_eq!(heard(wait()).await, Err(Unserved::Closed));
        assert_eq!(numbers.free(), [1]);
    }

    #[tokio::test]
    async fn the_thread_ends_with_the_queue_and_looks_after_the_pool_until_then() {
        let numbers = Numbers::new(Duration::MAX, []);
        let (tended, mut tends) = tokio::sync::mpsc::unbounded_channel();
        numbers.queue.watch(Some(SOON), move || tended.send(()).unwrap()).unwrap();
        for _ in 0..3 {
            assert_eq!(heard(tends.recv()).await, Some(()));
        }
        numbers.queue.close();
        heard(async { while tends.recv().await.is_some() {} }).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nothing_is_lost_and_nobody_forgotten_in_a_crowd() {
        let numbers = Arc::new(Numbers::new(Duration::MAX, 0..3));
        let work = |task: usize| {
            let numbers = numbers.clone();
            async move {
                for turn in 0..500 {
                    if (task + turn).is_multiple_of(3) {
                        // Gives up, perhaps just when it is served.
                        let mut wait = pin!(numbers.wait());
                        if let Poll::Ready(number) = poll_once(&mut wait) {
                            numbers.queue.pass(number.unwrap());
                        }
                        tokio::task::yield_now().await;
                        continue;
                    }
                    let number = numbers.wait().await.unwrap();
                    tokio::task::yield_now().await;
                    numbers.queue.pass(number);
                }
            }
        };
        let tasks: Vec<_> = (0..20).map(|task| tokio::spawn(work(task))).collect();
        for result in heard(join_all(tasks)).await {
            result.unwrap();
        }
        let mut free = numbers.free();
        free.sort();
        assert_eq!(free, [0, 1, 2]);
    }
}
