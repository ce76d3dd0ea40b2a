//! A thread that looks at the clock for a pool: it ends waits that have lasted too long, and tells when to look after
//! connections that nobody asks for.
//!
//! A timer of the runtime for each wait would cost a good part of a call, and a runtime with a timer in it looks at the
//! clock whenever it waits for an answer.

use std::collections::VecDeque;
use std::future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// The thread, which ends when this is dropped.
pub(super) struct Timer(Arc<Shared>);

struct Shared {
    /// How long a wait may last.
    limit: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The waits in the order in which they began, and so in that in which they are over.
    waits: VecDeque<Wait>,
    /// The number of the first of them, counted from the beginning.
    first: u64,
    /// When the thread looks next, if it does not have to be told.
    looks: Option<Instant>,
    ended: bool,
}

struct Wait {
    over: Instant,
    /// `None` when it has ended by itself.
    waker: Option<Waker>,
}

impl Timer {
    /// A thread that calls `tend` once in every period, if there is one. `None` where there can be no thread.
    pub(super) fn start(
        limit: Duration,
        period: Option<Duration>,
        tend: impl FnMut() + Send + 'static,
    ) -> Option<Timer> {
        let shared = Arc::new(Shared { limit, state: Mutex::default(), changed: Condvar::new() });
        let timer = Timer(shared.clone());
        let thread = thread::Builder::new().name("sqlward-pool".to_owned());
        thread.spawn(move || shared.run(period, tend)).ok().map(|_| timer)
    }

    /// Waits for the future, and gives `None` when that has lasted too long.
    pub(super) fn wait<F: Future>(&self, mut future: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
        let mut turn = Turn { shared: &self.0, number: None };
        future::poll_fn(move |cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => turn.poll(cx).map(|()| None),
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn run(&self, period: Option<Duration>, mut tend: impl FnMut()) {
        /// How long it sleeps where nothing is to be looked at until it is told.
        const LONG: Duration = Duration::from_secs(24 * 60 * 60);
        let next = || period.and_then(|period| Instant::now().checked_add(period));
        let mut due = next();
        loop {
            let now = Instant::now();
            let over = self.state().over(now);
            over.into_iter().for_each(Waker::wake);
            if due.is_some_and(|due| due <= now) {
                tend();
                due = next();
            }
            let mut state = self.state();
            if state.ended {
                return;
            }
            state.looks = due.into_iter().chain(state.waits.front().map(|wait| wait.over)).min();
            let pause = state.looks.map_or(LONG, |looks| looks.saturating_duration_since(Instant::now()));
            drop(self.changed.wait_timeout(state, pause));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes out the waits that are over, and gives those who have to be told.
    fn over(&mut self, now: Instant) -> Vec<Waker> {
        let count = self.waits.partition_point(|wait| wait.over <= now);
        self.first += count as u64;
        self.waits.drain(..count).filter_map(|wait| wait.waker).collect()
    }

    fn find(&mut self, number: u64) -> Option<&mut Wait> {
        self.waits.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

/// The turn of one wait, which is given up when this is dropped.
struct Turn<'a> {
    shared: &'a Shared,
    /// The number of the wait, when it has begun.
    number: Option<u64>,
}

impl Turn<'_> {
    /// Begins the wait, or looks whether it is over.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(number) = self.number else { return self.begin(cx) };
        let mut state = self.shared.state();
        let Some(wait) = state.find(number) else { return Poll::Ready(()) };
        let before = wait.waker.replace(cx.waker().clone());
        drop(state);
        // With a waker goes whatever belongs to it, which may be another wait.
        drop(before);
        Poll::Pending
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Shared { limit, changed, .. } = self.shared;
        let mut state = self.shared.state();
        // Within the lock, so that they are in order. Without an end that a clock can tell there is none.
        let Some(over) = Instant::now().checked_add(*limit) else { return Poll::Pending };
        self.number = Some(state.first + state.waits.len() as u64);
        state.waits.push_back(Wait { over, waker: Some(cx.waker().clone()) });
        if state.looks.is_none_or(|looks| over < looks) {
            state.looks = Some(over);
            changed.notify_one();
        }
        Poll::Pending
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = self.shared.state();
        let waker = state.find(number).and_then(|wait| wait.waker.take());
        while state.waits.front().is_some_and(|wait| wait.waker.is_none()) {
            state.waits.pop_front();
            state.first += 1;
        }
        drop(state);
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::future::join_all;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    /// A timer for waits of that length, whose thread has a part in the value.
    fn timer(limit: Duration) -> (Timer, Arc<()>) {
        let ours = Arc::new(());
        let theirs = ours.clone();
        let tend = move || _ = Arc::strong_count(&theirs);
        (Timer::start(limit, Some(SOON), tend).unwrap(), ours)
    }

    /// What comes of it, if somebody tells.
    async fn heard<F: Future>(future: F) -> F::Output {
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("nobody tells"),
            output = future => output,
        }
    }

    fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[tokio::test]
    async fn waits_end_with_what_they_are_for_or_when_they_are_over() {
        let (timer, _) = timer(SOON);
        assert_eq!(timer.wait(pin!(future::ready(1))).await, Some(1));
        let pending = || async { timer.wait(pin!(future::pending::<()>())).await };
        assert_eq!(heard(join_all((0..100).map(|_| pending()))).await, [None; 100]);
        let (send, receive) = tokio::sync::oneshot::channel();
        let mut receive = pin!(receive);
        let (_, received) = tokio::join!(async { send.send(1) }, timer.wait(receive.as_mut()));
        assert_eq!(received, Some(Ok(1)));
        assert_eq!(timer.0.state().waits.len(), 0);
    }

    #[tokio::test]
    async fn whoever_leaves_leaves_the_others_their_turns() {
        let (timer, _) = timer(Duration::from_millis(200));
        let mut waits: Vec<_> =
            (0..6).map(|_| Box::pin(async { timer.wait(pin!(future::pending::<()>())).await })).collect();
        for wait in &mut waits {
            assert!(poll_once(wait.as_mut()).is_pending());
        }
        let left = || timer.0.state().waits.len();
        for (index, count) in [(3, 6), (2, 6), (0, 5), (0, 2)] {
            drop(waits.remove(index));
            assert_eq!(left(), count, "who left stands there as long as one before does not leave");
        }
        assert_eq!(heard(join_all(waits)).await, [None; 2]);
        assert_eq!(left(), 0);
    }

    #[tokio::test]
    async fn who_polls_last_is_told() {
        let (timer, _) = timer(SOON);
        let mut wait = pin!(async { timer.wait(pin!(future::pending::<()>())).await });
        assert!(poll_once(wait.as_mut()).is_pending());
        assert_eq!(heard(wait).await, None);
    }

    #[tokio::test]
    async fn the_thread_ends_with_the_timer() {
        let (timer, part) = timer(Duration::MAX);
        assert!(poll_once(pin!(timer.wait(pin!(future::pending::<()>())))).is_pending());
        assert_eq!(Arc::strong_count(&part), 2);
        drop(timer);
        heard(async {
            while Arc::strong_count(&part) > 1 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}
