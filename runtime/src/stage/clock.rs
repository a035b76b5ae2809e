//! The time for signals and for tasks' times. At the end of a run much happens at once: a link drains, another is paused, the task falls
//! asleep. One reading of the clock does for all of it, for a reading costs as much as a hundred items that move through a link.

use std::cell::Cell;

use tokio::time::Instant;

thread_local! {
    static READING: Cell<Reading> = const { Cell::new(Reading::EachTime) };
}

#[derive(Clone, Copy)]
enum Reading {
    /// Whoever asks has the clock read.
    EachTime,
    /// The first who asks has the clock read, for all who ask after.
    Once(Option<Instant>),
}

/// The time, at most a run old while a [`RunClock`] stands.
pub(crate) fn now() -> Instant {
    READING.with(|reading| match reading.get() {
        Reading::EachTime => Instant::now(),
        Reading::Once(Some(at)) => at,
        Reading::Once(None) => {
            let at = Instant::now();
            reading.set(Reading::Once(Some(at)));
            at
        }
    })
}

/// The user's code is called, which takes time: the next who asks has the clock read.
#[inline(always)]
pub(crate) fn renew() {
    READING.with(|reading| {
        if let Reading::Once(_) = reading.get() {
            reading.set(Reading::Once(None));
        }
    });
}

/// Stands while a task that moves items in runs is polled: [`now`] reads the clock once a run.
pub(crate) struct RunClock(());

impl RunClock {
    pub(crate) fn start() -> Self {
        READING.set(Reading::Once(None));
        Self(())
    }
}

impl Drop for RunClock {
    fn drop(&mut self) {
        READING.set(Reading::EachTime);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::{RunClock, now, renew};

    #[tokio::test(start_paused = true)]
    async fn it_is_read_once_a_run_and_each_time_outside() {
        const STEP: Duration = Duration::from_secs(1);
        let start = now();
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
}
