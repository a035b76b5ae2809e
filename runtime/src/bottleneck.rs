//! Which stage a pipeline waits for: found in a snapshot, by the links that are paused.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::{LinkSnapshot, Location, Name, Snapshot, StageSnapshot, StageState};

/// The stage that holds others back: its input is paused and its output is not, so nothing below it is the cause.
///
/// Found by [`Snapshot::bottleneck`]. `{}` tells the whole to people, in two sentences:
/// ``stage `insert` at src/main.rs:21:12 holds back `parse`, which was blocked for 4.1s, and `lines`, for 4s. It was busy 2% and waiting 97% of the
/// time: let more be under way at once (a larger `n`), …``
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Bottleneck {
    /// The stage; where several are fused, the first of those behind the link that is paused.
    pub stage: Name,
    /// Where it stands in the program's text.
    pub location: Location,
    /// The other stages of its task, whose work is in its times.
    pub fused: Vec<Name>,
    /// The link that is paused because of it; of several, the one that was paused the longest.
    pub link: Name,
    /// Its share of the time in which it was busy, from 0 to 1.
    pub busy: f64,
    /// Its share of the time in which it waited for a future of the user's, or for a timer, from 0 to 1.
    pub waiting: f64,
    /// Who waited for it, the nearest first: the stages above the links that are paused because of it.
    pub holds_back: Vec<HeldBack>,
    /// What may help, in a few words.
    pub advice: &'static str,
}

/// A stage that is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HeldBack {
    /// The stage above a link that is paused.
    pub stage: Name,
    /// How long its task was blocked.
    pub blocked: Duration,
}

/// A stage that others wait for.
struct Cause<'s> {
    /// Where it stands in the text.
    place: usize,
    stage: &'s StageSnapshot,
    /// The link that is paused because of it.
    link: &'s LinkSnapshot,
    /// Its task, and those that do not take from a paused link because of it.
    tasks: BTreeSet<usize>,
}

impl Snapshot {
    /// The stage that holds the others back, if one does: the most downstream one whose input is paused while its output is not.
    ///
    /// A link counts as paused if it is now, or was for at least half of `elapsed`. So a snapshot of [`Control::snapshot`](crate::Control::snapshot) tells of the
    /// whole run, and `now.since(&before)` of the time between. Where a fan-in leaves an input's items because it waits for another input (`zip`), the stage
    /// above that one is named. `None` where nothing waits for room, and then the sources are what is slow; or where what all wait for is not in this process: a stage
    /// that runs elsewhere, or a broker.
    #[must_use]
    pub fn bottleneck(&self) -> Option<Bottleneck> {
        self.bottlenecks().into_iter().next()
    }

    /// Every stage that holds others back by itself, as in different arms of a block: the most downstream first.
    #[must_use]
    pub fn bottlenecks(&self) -> Vec<Bottleneck> {
        let mut found: Vec<Cause<'_>> = Vec::new();
        for link in self.links.iter().filter(|link| !self.ended && self.is_held(link)) {
            let Some((_, reader)) = self.place(&link.reader) else { continue };
            let gives_way = |below: &LinkSnapshot| self.is_held(below) && self.task(&below.writer) == Some(reader.task);
            if link.is_cut_off() || self.links.iter().any(gives_way) {
                continue;
            }
            let Some((place, stage)) = self.place(&self.waited_for(reader, link, &mut BTreeSet::new()).name) else {
                continue;
            };
            if stage.state == StageState::Elsewhere {
                continue;
            }
            match found.iter_mut().find(|known| known.stage.task == stage.task) {
                Some(known) => {
                    known.tasks.insert(reader.task);
                    // Of several links before it, the one that was paused the longest is named.
                    if known.link.paused_for < link.paused_for {
                        (known.place, known.stage, known.link) = (place, stage, link);
                    }
                }
                None => found.push(Cause { place, stage, link, tasks: BTreeSet::from([stage.task, reader.task]) }),
            }
        }
        found.sort_by_key(|cause| std::cmp::Reverse(cause.place));
        found.into_iter().map(|cause| self.describe(cause)).collect()
    }

    /// The stage that makes `reader` leave the items of `link` where they are: itself, unless it waits for another of its inputs, as `zip` does. Then
    /// it is one above that input.
    fn waited_for<'s>(
        &'s self,
        reader: &'s StageSnapshot,
        link: &LinkSnapshot,
        seen: &mut BTreeSet<usize>,
    ) -> &'s StageSnapshot {
        seen.insert(reader.task);
        if reader.share(reader.idle) <= 0.5 {
            return reader;
        }
        let others = self.links.iter().filter(|other| other.name != link.name && !self.is_held(other));
        let others = others.filter(|other| self.task(&other.reader) == Some(reader.task));
        let above = others.filter_map(|other| Some((self.place(&other.writer)?.1, other)));
        let slowest =
            above.filter(|(stage, _)| !seen.contains(&stage.task)).max_by_key(|(stage, _)| stage.busy + stage.waiting);
        slowest.map_or(reader, |(stage, other)| self.waited_for(stage, other, seen))
    }

    fn is_held(&self, link: &LinkSnapshot) -> bool {
        link.paused || (!link.paused_for.is_zero() && link.paused_for >= self.elapsed / 2)
    }

    /// A stage, and where it stands in the text.
    fn place(&self, name: &Name) -> Option<(usize, &StageSnapshot)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.name == *name)
    }

    fn task(&self, name: &Name) -> Option<usize> {
        self.place(name).map(|(_, stage)| stage.task)
    }

    fn describe(&self, Cause { stage, link, tasks, .. }: Cause<'_>) -> Bottleneck {
        let fused = self.stages.iter().filter(|other| other.task == stage.task && other.name != stage.name);
        let [busy, waiting] = [stage.busy, stage.waiting].map(|part| stage.share(part));
        Bottleneck {
            stage: stage.name.clone(),
            location: stage.location,
            fused: fused.map(|other| other.name.clone()).collect(),
            link: link.name.clone(),
            busy,
            waiting,
            holds_back: self.held_by(tasks),
            advice: advice(stage.operator, waiting > busy),
        }
    }

    /// The stages above the paused links that lead to these tasks, directly or through other tasks that are held.
    fn held_by(&self, tasks: BTreeSet<usize>) -> Vec<HeldBack> {
        let mut held = Vec::new();
        let mut below: Vec<usize> = tasks.iter().copied().collect();
        let mut seen = tasks;
        while !below.is_empty() {
            let mut above = Vec::new();
            for link in self.links.iter().filter(|link| self.is_held(link)) {
                let leads_here = self.task(&link.reader).is_some_and(|task| below.contains(&task));
                if let Some((_, stage)) = self.place(&link.writer)
                    && leads_here
                    && seen.insert(stage.task)
                {
                    held.push(HeldBack { stage: stage.name.clone(), blocked: stage.blocked });
                    above.push(stage.task);
                }
            }
            below = above;
        }
        held
    }
}

impl StageSnapshot {
    /// What share of its task's time so far this part of it is; 0 where there was no time.
    #[must_use]
    pub fn share(&self, part: Duration) -> f64 {
        let whole = (self.busy + self.blocked + self.idle + self.waiting).as_secs_f64();
        if whole > 0.0 { part.as_secs_f64() / whole } else { 0.0 }
    }
}

/// What may help a stage that works too long, or waits too long.
fn advice(operator: &str, waits: bool) -> &'static str {
    match operator {
        "throttle" | "delay" => "it is there to slow the flow down; let more through if that was not meant",
        "map_async" | "map_async_unordered" | "map_async_keyed" | "for_each_async" | "flatten_unordered" if waits => {
            "let more be under way at once (a larger `n`), send several items at once (`batch`), or make what it waits for faster"
        }
        "map_blocking" | "for_each_blocking" if waits => {
            "let more threads work at once (a larger `n`), or give each call more to do (`batch`, `chunks`)"
        }
        "then" | "filter_async" if waits => {
            "it waits for one item after the other: `map_async(n, …)` waits for n at once"
        }
        "write" | "write_lines" | "send" | "into" if waits => {
            "where it writes to is what is slow: write larger pieces (`batch`, `chunks` before it), or to something faster"
        }
        "via" if waits => "what your stage awaits is what is slow: run copies of it in `parallel(n) { … }`",
        "outlet" => "whoever reads the outlet is what is slow",
        _ if waits => "what it waits for is what is slow: wait for several at once",
        "map_blocking" | "for_each_blocking" => "let more threads work at once (a larger `n`)",
        _ => {
            "its work fills one task: spread it over copies (`parallel(n) { … }`), or over threads (`map_blocking(n, …)`)"
        }
    }
}

impl fmt::Display for Bottleneck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, location, fused, busy, waiting, holds_back, advice, .. } = self;
        write!(f, "stage `{stage}` at {location}")?;
        if !fused.is_empty() {
            let fused: Vec<_> = fused.iter().map(|stage| format!("`{stage}`")).collect();
            write!(f, ", in one task with {},", fused.join(", "))?;
        }
        f.write_str(" holds back ")?;
        for (number, HeldBack { stage, blocked }) in holds_back.iter().enumerate() {
            let blocked = rounded(*blocked);
            match number {
                0 => write!(f, "`{stage}`, which was blocked for {blocked:?}")?,
                _ if number + 1 == holds_back.len() => write!(f, ", and `{stage}`, for {blocked:?}")?,
                _ => write!(f, ", `{stage}`, for {blocked:?}")?,
            }
        }
        write!(f, ". It was busy {:.0}% and waiting {:.0}% of the time: {advice}", busy * 100.0, waiting * 100.0)
    }
}

/// A duration for people: in milliseconds at the finest, where it has any.
fn rounded(time: Duration) -> Duration {
    let millis = time.as_millis();
    if millis == 0 { time } else { Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)) }
}

#[cfg(all(test, feature = "remote"))]
mod tests {
    use crate::remote::{QueueFigures, Reason, in_memory};

    #[test]
    fn a_stage_is_not_blamed_for_a_broker_that_gives_no_answer() {
        let selling = crate::pipeline! {
            #![crate = crate]
            iter([1u32]) as numbers -> queue(in_memory("shop"), capacity = 64) -> map(|n| n) as work -> count()
        };
        let mut now = selling.control().snapshot();
        now.links[0].paused = true;
        let mut blamed = |reason| {
            now.links[0].queue = Some(QueueFigures { paused: Some(reason), ..QueueFigures::default() });
            now.bottleneck().map(|found| found.stage.to_string())
        };
        assert_eq!(blamed(Reason::Full).as_deref(), Some("work"));
        assert_eq!(blamed(Reason::Disconnected("no server there".into())), None);
    }
}
