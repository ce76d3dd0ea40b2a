//! The wait queue in front of a pool: first come, first served, with a time limit.
//!
//! A returned value is handed directly to the waiter that has waited longest, and goes into the pool only if there is none:
//! the detour through the pool and its semaphore would be a considerable part of the cost of a call. So would a runtime
//! timer for each wait; instead, one thread ends the waits whose time is up.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use std::{io, mem, thread};

/// The waiters for a `T`.
///
/// While there are waiters, the pool is empty: every `T` that leaves the pool is returned through [`pass`](Queue::pass),
/// which prefers waiters, and a waiter is only enqueued after the pool was found empty. Both happen under one lock.
pub(super) struct Queue<T> {
    /// The longest a wait may last.
    limit: Duration,
    /// The number of waiters. Changed under the lock, read without it.
    length: AtomicUsize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// Why a wait ended without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unserved {
    /// It reached its time limit.
    Over,
    /// The queue was closed.
    Closed,
}

struct State<T> {
    /// The waits in the order in which they began, which is the order in which their time is up.
    waits: VecDeque<Wait<T>>,
    /// The sequence number of the first of them.
    first: u64,
    /// The sequence number of the first pending one: all before it have ended.
    next: u64,
    /// When the thread wakes up by itself.
    wakes: Option<Instant>,
    closed: bool,
}

enum Wait<T> {
    Pending {
        until: Instant,
        waker: Waker,
    },
    /// It has ended, and its future was not polled since.
    Ended(Result<T, Unserved>),
    /// Its future is gone.
    Left,
}

impl<T> Queue<T> {
    /// An empty queue. The limit is enforced once [`watch`](Queue::watch) has started the thread.
    pub(super) fn new(limit: Duration) -> Queue<T> {
        /// As good as no limit, and within the range of every clock.
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let limit = limit.min(CENTURY);
        let state = State { waits: VecDeque::new(), first: 0, next: 0, wakes: None, closed: false };
        Queue { limit, length: AtomicUsize::new(0), state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The number of waiters.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Waits for a `T`. If there are no other waiters, `free` is asked first, which takes one out of the pool.
    pub(super) fn wait<F>(&self, free: F) -> impl Future<Output = Result<T, Unserved>>
    where
        F: FnOnce() -> Option<T> + Unpin,
    {
        Turn { queue: self, stage: Stage::New(free) }
    }

    /// Hands the value to the waiter that has waited longest. Without waiters it is dropped, which returns it to the pool.
    #[inline]
    pub(super) fn pass(&self, value: T) {
        let state = self.state();
        if self.len() == 0 {
            // Still under the lock, so that no wait begins before the value is in the pool.
            drop(value);
        } else {
            self.serve(state, value);
        }
    }

    fn serve(&self, mut state: MutexGuard<'_, State<T>>, value: T) {
        let waker = self.end_next(&mut state, Ok(value));
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Fails all waits, and any that begin later.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.changed.notify_one();
        self.end_while(state, Unserved::Closed, |_| true);
    }

    /// Starts the thread that ends waits whose time is up and calls `tend` once in every period, if there is one. It runs
    /// until the queue is closed. An error if the system provides no thread.
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
        /// How long it sleeps if there is nothing to wait for but a notification.
        const LONG: Duration = Duration::from_secs(24 * 60 * 60);
        let next = || period.and_then(|period| Instant::now().checked_add(period));
        let mut due = next();
        loop {
            let now = Instant::now();
            self.end_while(self.state(), Unserved::Over, |until| until <= now);
            if due.is_some_and(|due| due <= now) {
                tend();
                due = next();
            }
            let mut state = self.state();
            if state.closed {
                return;
            }
            state.wakes = due.into_iter().chain(state.until()).min();
            let pause = state.wakes.map_or(LONG, |wakes| wakes.saturating_duration_since(Instant::now()));
            drop(self.changed.wait_timeout(state, pause));
        }
    }

    /// Fails waits for as long as that holds of when the next one's time is up.
    fn end_while(&self, mut state: MutexGuard<'_, State<T>>, why: Unserved, ends: impl Fn(Instant) -> bool) {
        let mut wakers = Vec::new();
        while state.until().is_some_and(&ends) {
            wakers.extend(self.end_next(&mut state, Err(why)));
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ends the next wait with that result. Its waker, which is to be woken without the lock; `None` without waiters.
    fn end_next(&self, state: &mut State<T>, result: Result<T, Unserved>) -> Option<Waker> {
        let next = state.next;
        let wait = state.find(next)?;
        let Wait::Pending { waker, .. } = mem::replace(wait, Wait::Ended(result)) else { return None };
        self.length.fetch_sub(1, Ordering::Relaxed);
        state.next += 1;
        state.settle();
        Some(waker)
    }

    /// Removes the wait of that number.
    fn leave(&self, state: &mut State<T>, number: u64) -> Option<Wait<T>> {
        let wait = mem::replace(state.find(number)?, Wait::Left);
        if let Wait::Pending { .. } = wait {
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

    /// When the time of the next wait is up, if there is one.
    fn until(&mut self) -> Option<Instant> {
        let next = self.next;
        match self.find(next)? {
            Wait::Pending { until, .. } => Some(*until),
            Wait::Ended(_) | Wait::Left => None,
        }
    }

    /// Restores the order after a change: drops waits at the front whose futures are gone, and skips others like them.
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

/// The future of a wait.
struct Turn<'a, T, F> {
    queue: &'a Queue<T>,
    stage: Stage<F>,
}

enum Stage<F> {
    /// Not polled yet: this asks the pool.
    New(F),
    /// Enqueued under that number.
    Enqueued(u64),
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
        // Read under the lock, so that the waits are in order.
        let until = Instant::now() + queue.limit;
        self.stage = Stage::Enqueued(state.first + state.waits.len() as u64);
        state.waits.push_back(Wait::Pending { until, waker: cx.waker().clone() });
        queue.length.fetch_add(1, Ordering::Relaxed);
        if state.wakes.is_none_or(|wakes| until < wakes) {
            state.wakes = Some(until);
            queue.changed.notify_one();
        }
        Poll::Pending
    }

    fn go_on(&mut self, number: u64, cx: &mut Context<'_>) -> Poll<Result<T, Unserved>> {
        let mut state = self.queue.state();
        if let Some(Wait::Pending { waker, .. }) = state.find(number) {
            let before = mem::replace(waker, cx.waker().clone());
            self.stage = Stage::Enqueued(number);
            drop(state);
            // Not under the lock: dropping a waker may drop its task, and with it another wait.
            drop(before);
            return Poll::Pending;
        }
        match self.queue.leave(&mut state, number) {
            Some(Wait::Ended(result)) => Poll::Ready(result),
            Some(Wait::Pending { .. } | Wait::Left) | None => {
                unreachable!("it has ended, and stays until it leaves")
            }
        }
    }
}

impl<T, F: FnOnce() -> Option<T> + Unpin> Future for Turn<'_, T, F> {
    type Output = Result<T, Unserved>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Unserved>> {
        match mem::replace(&mut self.stage, Stage::Done) {
            Stage::New(free) => self.begin(free, cx),
            Stage::Enqueued(number) => self.go_on(number, cx),
            Stage::Done => panic!("it was polled after its end"),
        }
    }
}

impl<T, F> Drop for Turn<'_, T, F> {
    fn drop(&mut self) {
        let Stage::Enqueued(number) = self.stage else { return };
        let left = self.queue.leave(&mut self.queue.state(), number);
        // It was served, but is dropped before it was polled again.
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

    /// A number taken out of the pool, to which it returns when it is dropped.
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

    /// The output, unless it is never woken.
    async fn heard<F: Future>(future: F) -> F::Output {
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it was not woken"),
            output = future => output,
        }
    }

    fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// The number that a poll has returned, which does not go back to the pool.
    fn number(poll: Poll<Result<Number, Unserved>>) -> Option<u32> {
        let Poll::Ready(result) = poll else { return None };
        let number = result.unwrap();
        let shown = number.0;
        mem::forget(number);
        Some(shown)
    }

    #[test]
    fn a_value_goes_to_the_longest_waiter_and_without_waiters_to_the_pool() {
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
    fn waits_that_are_dropped_do_not_disturb_the_others() {
        let numbers = Numbers::new(SOON, []);
        let mut waits: Vec<_> = (0..6).map(|_| Box::new(numbers.wait())).collect();
        assert!(waits.iter_mut().all(|wait| poll_once(wait).is_pending()));
        drop((waits.remove(3), waits.remove(1), waits.remove(0)));
        assert_eq!(numbers.queue.len(), 3);
        numbers.pass(1);
        numbers.pass(2);
        // One that was served is dropped before it is polled again.
        drop(waits.remove(0));
        numbers.pass(3);
        assert_eq!([0, 1].map(|wait| number(poll_once(&mut waits[wait]))), [Some(2), Some(1)]);
        assert_eq!(numbers.free(), [3]);
        assert_eq!(numbers.queue.state().waits.len(), 0);
    }

    #[tokio::test]
    async fn waits_end_when_their_time_is_up() {
        let numbers = Numbers::new(SOON, []);
        numbers.queue.watch(None, || ()).unwrap();
        // The waker of the last poll counts.
        let mut wait = numbers.wait();
        assert!(poll_once(&mut wait).is_pending());
        assert_eq!(heard(wait).await.unwrap_err(), Unserved::Over);
        let waits = (0..100).map(|_| async { numbers.wait().await.map(|number| number.0) });
        assert_eq!(heard(join_all(waits)).await, [Err(Unserved::Over); 100]);
        assert_eq!((numbers.queue.len(), numbers.queue.state().waits.len()), (0, 0));
        numbers.queue.close();
    }

    #[tokio::test]
    async fn a_closed_queue_has_no_waiters() {
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
    async fn the_thread_tends_the_pool_until_the_queue_is_closed() {
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
    async fn under_load_no_value_is_lost_and_no_waiter_forgotten() {
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
