//! Alarms, which are set often and go off rarely.

use std::future::poll_fn;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::stage::{Alarm, later};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_alarm_goes_off_at_the_time_it_was_last_set_for() {
    for (first, then) in [(5, 5), (2, 5), (5, 2)] {
        let start = Instant::now();
        let mut alarm = Alarm::new();
        let early = timeout(Duration::ZERO, poll_fn(|cx| alarm.poll(cx, start + first * SECOND))).await;
        assert!(early.is_err(), "it has gone off at once");
        timeout(60 * SECOND, poll_fn(|cx| alarm.poll(cx, start + then * SECOND))).await.expect("it goes off");
        assert_eq!(start.elapsed().as_secs(), u64::from(then), "set for {first}, then for {then}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_whose_time_has_come_goes_off_at_once() {
    let now = Instant::now();
    let mut alarm = Alarm::new();
    timeout(Duration::ZERO, poll_fn(|cx| alarm.poll(cx, now))).await.expect("it goes off");
}

#[test]
fn what_the_clock_cannot_express_is_thirty_years_later() {
    let now = Instant::now();
    assert_eq!(later(now, SECOND) - now, SECOND);
    assert_eq!((later(now, Duration::MAX) - now).as_secs(), 30 * 365 * 24 * 60 * 60);
}
