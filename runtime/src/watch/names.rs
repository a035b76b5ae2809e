//! The names under which the figures of a [`Snapshot`](crate::Snapshot) are given to monitoring, once for all who give them.
//!
//! They follow the conventions of Prometheus: base units, a counter ends in `_total`. Each is labelled with its pipeline and its stage or
//! its link, and with nothing else.

use std::fmt;
use std::time::Duration;

use super::queue::Queue;
use crate::{LinkSnapshot, StageSnapshot};

/// One figure of a stage or of a link, `S`.
pub(crate) struct Metric<S> {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// What is counted; `seconds` for times.
    pub(crate) unit: &'static str,
    /// One sentence, without the unit.
    pub(crate) help: &'static str,
    /// How it is read; `None` where there is nothing to read now.
    pub(crate) read: fn(&S) -> Option<Value>,
}

/// Whether a figure only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    Count(u64),
    Time(Duration),
}

/// As Prometheus writes it: a time in seconds.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Time(time) => time.as_secs_f64().fmt(f),
        }
    }
}

impl Kind {
    /// As Prometheus names it.
    #[cfg(feature = "dashboard")]
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
        }
    }
}

impl<S> Metric<S> {
    const fn counter(
        name: &'static str,
        unit: &'static str,
        help: &'static str,
        read: fn(&S) -> Option<Value>,
    ) -> Self {
        Self { name, kind: Kind::Counter, unit, help, read }
    }

    const fn gauge(name: &'static str, unit: &'static str, help: &'static str, read: fn(&S) -> Option<Value>) -> Self {
        Self { name, kind: Kind::Gauge, unit, help, read }
    }
}

fn count(count: u64) -> Option<Value> {
    Some(Value::Count(count))
}

fn level(level: usize) -> Option<Value> {
    count(u64::try_from(level).unwrap_or(u64::MAX))
}

fn time(time: Duration) -> Option<Value> {
    Some(Value::Time(time))
}

/// The figures of each stage.
pub(crate) static STAGE: [Metric<StageSnapshot>; 8] = [
    Metric::counter("aqueduct_stage_items_in_total", "items", "What the stage has taken", |stage| {
        count(stage.items_in)
    }),
    Metric::counter("aqueduct_stage_items_out_total", "items", "What the stage has given", |stage| {
        count(stage.items_out)
    }),
    Metric::counter(
        "aqueduct_stage_dropped_items_total",
        "items",
        "What arms of the block were to have, but had finished early",
        |stage| count(stage.dropped),
    ),
    Metric::counter("aqueduct_stage_busy_seconds_total", "seconds", "How long the stage's task has worked", |stage| {
        time(stage.busy)
    }),
    Metric::counter(
        "aqueduct_stage_blocked_seconds_total",
        "seconds",
        "How long the stage's task has waited because its output was paused",
        |stage| time(stage.blocked),
    ),
    Metric::counter(
        "aqueduct_stage_idle_seconds_total",
        "seconds",
        "How long the stage's task has waited for input",
        |stage| time(stage.idle),
    ),
    Metric::counter(
        "aqueduct_stage_waiting_seconds_total",
        "seconds",
        "How long the stage's task has waited for futures of the user's",
        |stage| time(stage.waiting),
    ),
    Metric::gauge("aqueduct_stage_in_flight_items", "items", "Futures of the user's that are under way", |stage| {
        level(stage.in_flight)
    }),
];

/// The figures of each link.
pub(crate) static LINK: [Metric<LinkSnapshot>; 9] = [
    Metric::gauge("aqueduct_link_len", UNIT, "What the link holds", |link| level(link.len)),
    Metric::gauge("aqueduct_link_capacity", UNIT, "What the link can hold", |link| level(link.capacity)),
    Metric::gauge("aqueduct_link_low", UNIT, "The level at which a pause ends", |link| level(link.low)),
    Metric::gauge("aqueduct_link_paused", "0 or 1", "Whether the link is paused", |link| level(link.paused.into())),
    Metric::counter("aqueduct_link_pauses_total", "pauses", "How often the link was paused", |link| count(link.pauses)),
    Metric::counter("aqueduct_link_paused_seconds_total", "seconds", "How long the link was paused", |link| {
        time(link.paused_for)
    }),
    Metric::gauge("aqueduct_link_max_len", UNIT, "The most the link has held", |link| level(link.max_len)),
    Metric::counter("aqueduct_link_dropped_items_total", "items", "What the link has dropped", |link| {
        count(link.dropped)
    }),
    Metric::gauge(
        "aqueduct_link_oldest_age_seconds",
        "seconds",
        "How long its oldest item has been in the link",
        |link| link.oldest.map(Value::Time),
    ),
];

/// The figures of each link whose queue a broker keeps.
pub(crate) static QUEUE: [Metric<LinkSnapshot>; 10] = [
    Metric::gauge("aqueduct_queue_pending_messages", "messages", "What the queue holds that no worker has", |link| {
        Queue::of(link)?.pending.map(Value::Count)
    }),
    Metric::gauge("aqueduct_queue_unacked_messages", "messages", "What the queue holds that workers have", |link| {
        Queue::of(link)?.unacked.map(Value::Count)
    }),
    Metric::gauge(
        "aqueduct_queue_suspect_items",
        "items",
        "What is tried alone, because a message with it in it failed",
        |link| Queue::of(link)?.suspects.map(Value::Count),
    ),
    Metric::gauge("aqueduct_queue_dead_letters", "items", "What was tried too often, and given up", |link| {
        Queue::of(link)?.dead.map(Value::Count)
    }),
    Metric::gauge(
        "aqueduct_queue_full",
        "0 or 1",
        "Whether this process is paused because the queue is full",
        |link| level(Queue::of(link)?.paused.is_some_and(|paused| !paused.disconnected).into()),
    ),
    Metric::gauge(
        "aqueduct_queue_disconnected",
        "0 or 1",
        "Whether this process is paused because the broker gives no answer",
        |link| level(Queue::of(link)?.paused.is_some_and(|paused| paused.disconnected).into()),
    ),
    Metric::counter(
        "aqueduct_queue_sent_messages_total",
        "messages",
        "What this process has stored in the queue",
        |link| Queue::of(link)?.sent.map(Value::Count),
    ),
    Metric::counter(
        "aqueduct_queue_received_messages_total",
        "messages",
        "What this process has taken from the queue",
        |link| Queue::of(link)?.received.map(Value::Count),
    ),
    Metric::counter(
        "aqueduct_queue_redelivered_messages_total",
        "messages",
        "What this process has taken that had been delivered before",
        |link| Queue::of(link)?.redelivered.map(Value::Count),
    ),
    Metric::gauge(
        "aqueduct_queue_oldest_unacked_age_seconds",
        "seconds",
        "How long this process has had the message that it has had longest",
        |link| Queue::of(link)?.oldest_unacked.map(Value::Time),
    ),
];

/// What a link counts.
const UNIT: &str = "items, or bytes in a link of bytes";

#[cfg(test)]
mod tests {
    use super::*;

    /// By the conventions: what only grows ends in `_total`, times are in seconds and say so, and no name stands twice.
    #[test]
    fn names_follow_the_conventions() {
        let stage = STAGE.iter().map(|metric| (metric.name, metric.kind, metric.unit, metric.help));
        let link = LINK.iter().map(|metric| (metric.name, metric.kind, metric.unit, metric.help));
        let mut names = Vec::new();
        let queue = QUEUE.iter().map(|metric| (metric.name, metric.kind, metric.unit, metric.help));
        for (name, kind, unit, help) in stage.chain(link).chain(queue) {
            assert_eq!(name.ends_with("_total"), kind == Kind::Counter, "{name}");
            assert_eq!(name.trim_end_matches("_total").ends_with("_seconds"), unit == "seconds", "{name}");
            assert!(!help.ends_with('.') && !help.contains(['\n', '\\']), "{name}: {help}");
            assert!(!names.contains(&name), "{name}");
            names.push(name);
        }
    }

    #[test]
    fn times_are_seconds() {
        assert_eq!(Value::Time(Duration::from_millis(1_500)).to_string(), "1.5");
        assert_eq!(Value::Count(u64::MAX).to_string(), "18446744073709551615");
    }
}
