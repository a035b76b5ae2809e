use std::fmt::Write as _;
use std::panic::Location;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use super::PATIENCE;
use crate::{Control, LinkSnapshot, Snapshot};

/// How often `expect_len` lets all others have a turn before it lets time pass.
const TURNS: usize = 64;

/// Then it looks again so often: the least that tokio's clock tells apart.
const LOOK: Duration = Duration::from_millis(1);

/// Watches one link: waits until it is as expected, or fails and says how all links are.
///
/// What is expected may be so already. Each wait has a deadline, 5 seconds unless [`within`](Self::within) says otherwise, and ends with the
/// pipeline. It needs a tokio runtime with its clock; with the clock paused a wrong expectation fails as soon as nothing else happens.
///
/// `expect_paused` and `expect_drained` are woken by the link's signals and let no time pass. There is no signal for each item, so `expect_len`
/// first lets all other tasks have turns, then looks once a millisecond: it may move a paused clock by that much past the moment.
#[derive(Clone, Debug)]
pub struct Probe {
    control: Control,
    link: String,
    patience: Duration,
    /// Which pause `expect_paused` has seen last, counted from 1.
    seen: u64,
}

impl Probe {
    /// A probe on the link of that name: what `as` gave it, or its own (`from->to`).
    ///
    /// # Panics
    /// When the pipeline has no such link.
    #[must_use]
    #[track_caller]
    pub fn new(control: &Control, link: &str) -> Self {
        let snapshot = control.snapshot();
        assert!(snapshot.link(link).is_some(), "no link `{link}`{}", links(&snapshot, link));
        Self { control: control.clone(), link: link.to_owned(), patience: PATIENCE, seen: 0 }
    }

    /// Waits this long, by tokio's clock.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits until the link is paused, and gives its state. A pause that is over is not seen: what is slow must stand still, at a
    /// [`Gate`](super::Gate) for example.
    ///
    /// # Panics
    /// When it is not paused within the time, or when the pipeline ends before.
    #[track_caller]
    pub fn expect_paused(&mut self) -> impl Future<Output = LinkSnapshot> + Send {
        let found = self.expect("paused".to_owned(), Wake::BySignal, true, |link| link.paused);
        async {
            let link = found.await;
            self.seen = link.pauses;
            link
        }
    }

    /// Waits until the pause that [`expect_paused`](Self::expect_paused) has seen is over, and gives the link's state; without one, until the first
    /// pause is over. By then the link may be paused anew.
    ///
    /// # Panics
    /// When it has not drained within the time, or when the pipeline ends before.
    #[track_caller]
    pub fn expect_drained(&self) -> impl Future<Output = LinkSnapshot> + Send + use<> {
        let pause = self.seen.max(1);
        let over = move |link: &LinkSnapshot| link.pauses > pause || link.pauses == pause && !link.paused;
        self.expect(format!("drained after pause {pause}"), Wake::BySignal, false, over)
    }

    /// Waits until the link holds exactly so much, items or bytes, and gives its state. An item in the hand of a stage is not in
    /// the link (`L11`).
    ///
    /// # Panics
    /// When it does not hold that within the time, or when the pipeline ends before.
    #[track_caller]
    pub fn expect_len(&self, len: usize) -> impl Future<Output = LinkSnapshot> + Send + use<> {
        self.expect(format!("at {len}"), Wake::ByTurns(TURNS), len > 0, move |link| link.len == len)
    }

    /// `running`: it is no state that a pipeline which has ended is in; what an aborted one has left in its figures says nothing.
    #[track_caller]
    fn expect<F: Fn(&LinkSnapshot) -> bool + Send>(
        &self,
        state: String,
        mut wake: Wake,
        running: bool,
        holds: F,
    ) -> impl Future<Output = LinkSnapshot> + Send + use<F> {
        let caller = Location::caller();
        let (control, name, patience) = (self.control.clone(), self.link.clone(), self.patience);
        async move {
            // Before the first look: what changes after it is heard.
            let mut signals = control.signals();
            let start = Instant::now();
            let mut over = None;
            loop {
                let snapshot = control.snapshot();
                let gone = running && snapshot.ended;
                if let Some(found) = snapshot.link(&name).filter(|link| !gone && holds(link)) {
                    return found.clone();
                }
                if let Some(over) = over {
                    panic!("expected `{name}` to be {state} ({caller}): {over}{}", links(&snapshot, &name));
                }
                if let Wake::ByTurns(left @ 1..) = &mut wake {
                    *left -= 1;
                    yield_now().await;
                    continue;
                }
                let until = match wake {
                    Wake::BySignal => patience,
                    Wake::ByTurns(_) => patience.min(start.elapsed() + LOOK),
                };
                let heard = timeout(until.saturating_sub(start.elapsed()), signals.next()).await;
                over = match heard {
                    Ok(None) => Some("the pipeline has ended".to_owned()),
                    _ => (start.elapsed() >= patience).then(|| format!("not within {patience:?}")),
                };
            }
        }
    }
}

/// What makes a probe look again.
enum Wake {
    /// A signal.
    BySignal,
    /// A signal, so many turns of the others, and then the clock.
    ByTurns(usize),
}

/// All links as text, a line each, the one in question marked.
fn links(snapshot: &Snapshot, marked: &str) -> String {
    let mut text = String::new();
    for link in &snapshot.links {
        let LinkSnapshot { name, from, to, len, capacity, low, pauses, max_len, dropped, .. } = link;
        let mark = if *name == *marked { '>' } else { ' ' };
        let paused = if link.paused { "paused" } else { "not paused" };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{mark} `{name}` ({from} -> {to}): {len} of {capacity}, {paused}, low mark {low}, {pauses} pauses, at most {max_len}, \
             {dropped} dropped"
        );
    }
    text
}
