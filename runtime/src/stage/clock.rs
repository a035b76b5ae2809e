//! The time for signals and for tasks' times. At the end of a run much happens at once: a link drains, another is paused, the task falls
//! asleep. One reading of the clock does for all of it, and for the neighbour on the same thread that was woken by it: a reading costs as
//! much as a hundred items that move through a link.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::time::Instant;

thread_local! {
    static DESK: Desk = const { Desk { reading: Cell::new(None), in_runs: Cell::new(false), number: Cell::new(0) } };
}

/// A thread's clock.
struct Desk {
    /// The last reading, unless something may have taken time since that no task has taken note of.
    reading: Cell<Option<Instant>>,
    /// Whether a task that moves items in runs is polled.
    in_runs: Cell<bool>,
    /// Of this thread alone; 0 before it is asked for.
    number: Cell<u32>,
}

impl Desk {
    fn number(&self) -> u32 {
        static THREADS: AtomicU32 = AtomicU32::new(1);
        if self.number.get() == 0 {
            self.number.set(THREADS.fetch_add(1, Ordering::Relaxed));
        }
        self.number.get()
    }

    fn read(&self) -> Instant {
        let now = Instant::now();
        self.reading.set(Some(now));
        now
    }
}

/// The time, at most a run old while a [`RunClock`] stands.
pub(crate) fn now() -> Instant {
    DESK.with(|desk| match desk.reading.get() {
        Some(at) if desk.in_runs.get() => at,
        _ => desk.read(),
    })
}

/// The user's code is called, which takes time: the next who asks has the clock read.
#[inline(always)]
pub(crate) fn renew() {
    DESK.with(|desk| desk.reading.set(None));
}

/// Stands while a task that moves items in runs is polled: [`now`] reads the clock once a run.
pub(crate) struct RunClock(());

impl RunClock {
    pub(crate) fn start() -> Self {
        DESK.with(|desk| desk.in_runs.set(true));
        Self(())
    }
}

impl Drop for RunClock {
    fn drop(&mut self) {
        DESK.with(|desk| desk.in_runs.set(false));
    }
}

/// The thread on which a neighbour has woken a task since it was last polled; 0: none has.
///
/// Such a task is polled before the thread sleeps. So it can begin where the last of the thread's tasks has stopped: what passed since was
/// spent in the scheduler's queue. Of a task that was woken otherwise, nobody knows how long the thread has slept.
#[derive(Debug, Default)]
pub(crate) struct WokenBy(AtomicU32);

impl WokenBy {
    /// A task that moves items in runs is about to wake this one.
    pub(crate) fn by_a_neighbour(&self) {
        DESK.with(|desk| {
            if desk.in_runs.get() {
                self.0.store(desk.number(), Ordering::Relaxed);
            }
        });
    }

    /// The task is polled: the time from which on it works.
    pub(crate) fn begin(&self) -> Instant {
        let thread = self.0.load(Ordering::Relaxed);
        self.forget(thread);
        DESK.with(|desk| match desk.reading.take() {
            Some(at) if thread != 0 && thread == desk.number.get() => at,
            _ => Instant::now(),
        })
    }

    /// The task is polled, and has never stopped working.
    pub(crate) fn go_on(&self) {
        self.forget(self.0.load(Ordering::Relaxed));
        renew();
    }

    fn forget(&self, thread: u32) {
        if thread != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::{RunClock, WokenBy, now, renew};

    const STEP: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn it_is_read_once_a_run_and_each_time_outside() {
        let start = now();
        renew();
        let clock = RunClock::start();
        tokio::time::advance(STEP).await;
        assert_eq!(now() - start, STEP, "read when the first asks");
        tokio::time::advance(STEP).await;
        assert_eq!(now() - start, STEP, "not read again");
        renew();
        assert_eq!(now() - start, 2 * STEP, "read for the next run");
        drop(clock);
        tokio::time::advance(STEP).await;
        assert_eq!(now() - start, 3 * STEP);
        tokio::time::advance(STEP).await;
        assert_eq!(now() - start, 4 * STEP);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_a_neighbour_woke_begins_where_the_thread_stopped() {
        let woken = WokenBy::default();
        let clock = RunClock::start();
        woken.by_a_neighbour();
        let stopped = now();
        drop(clock);
        tokio::time::advance(STEP).await;
        assert_eq!(woken.begin(), stopped);
        assert_eq!(woken.begin() - stopped, STEP, "once for each time it is woken");
    }

    #[tokio::test(start_paused = true)]
    async fn others_have_the_clock_read() {
        let woken = WokenBy::default();
        // By whom no task of the thread knows: it may have slept.
        woken.by_a_neighbour();
        let start = now();
        tokio::time::advance(STEP).await;
        assert_eq!(woken.begin() - start, STEP);

        // By a neighbour on another thread.
        let clock = RunClock::start();
        std::thread::scope(|threads| {
            let elsewhere = || {
                let _clock = RunClock::start();
                woken.by_a_neighbour();
            };
            threads.spawn(elsewhere);
        });
        assert_eq!(now() - start, STEP);
        drop(clock);
        tokio::time::advance(STEP).await;
        assert_eq!(woken.begin() - start, 2 * STEP);

        // By a neighbour that went on working, and has taken note of no time since.
        let clock = RunClock::start();
        woken.by_a_neighbour();
        now();
        renew();
        drop(clock);
        tokio::time::advance(STEP).await;
        assert_eq!(woken.begin() - start, 3 * STEP);

        // By a neighbour while it worked itself: it has been polled since.
        let clock = RunClock::start();
        woken.by_a_neighbour();
        drop(clock);
        woken.go_on();
        now();
        tokio::time::advance(STEP).await;
        assert_eq!(woken.begin() - start, 4 * STEP);
    }
}
