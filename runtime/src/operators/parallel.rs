//! `parallel(n) { … }`.

use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::link::{SharedReceiver, Turn};
use crate::stage::{Copying, Direct, Head, Output, Plan, StageCell, Stream};

/// `n` copies of the arm compete for the items, each in tasks of its own: `parallel(n) { stages }`. What comes out of an open arm flows on
/// behind the block, in no order.
///
/// The copies share one link, which a `queue` before the block sets up; an idle copy takes one item, or at most its share of those that wait. The
/// arm's arguments are evaluated once for each copy, so a `move` closure over what is not `Copy` is written
/// `{ let db = db.clone(); move |x| … }`. A sink in the arm gives a `Vec` of the copies' outputs. A copy that finishes early leaves (`F5`).
/// On tokio's multi-threaded runtime the copies run at once.
///
/// In graphs, snapshots and errors the copies are one: their stages have one name, and figures are added up.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (counts, sum) = pipeline! {
///     let (a, b) = iter(1..=100u64) -> broadcast;
///     a -> parallel(4) { count() };
///     b -> parallel(2) { map(|n| n * n) } -> fold(0, |sum, n| sum + n)
/// }
/// .run()
/// .await?;
/// assert_eq!((counts.len(), counts.iter().sum::<u64>()), (4, 100));
/// assert_eq!(sum, 338_350);
/// # Ok(())
/// # }
/// ```
///
/// * emits: what comes out of the copies, in no order
/// * pauses: when all copies have work and the link before them is full
/// * finishes: with its input, when all copies have
/// * stops early: when all copies have
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "balance")]
#[track_caller]
pub fn parallel<A, Tok>(
    s: Stream<A, Tok, SharedReceiver<(A, Tok)>, Direct>,
    n: usize,
    mut at: Copying<'_, '_>,
) -> Parallel<A, Tok> {
    let n = at.begin(n);
    Parallel { turns: s.head.shared_by(n), outer: None, copying: at.into_range() }
}

/// The copies that are still to be built.
pub struct Parallel<A, Tok> {
    /// One for each copy that is still to be built.
    turns: Vec<Turn<(A, Tok)>>,
    /// Once the first has been built: whether all this is within a copy itself.
    outer: Option<bool>,
    copying: (usize, Range<usize>, Range<usize>),
}

impl<A, Tok> Parallel<A, Tok> {
    /// The stream that the next copy begins with. The plan has stages and tasks of its own for it.
    pub fn next_copy(&mut self, plan: &mut Plan<'_>) -> Option<Stream<A, Tok, Competitor<(A, Tok)>, Direct>> {
        let Some(turn) = self.turns.pop() else {
            plan.set_copying(self.outer.unwrap_or_default());
            return None;
        };
        let (stage, stages, tasks) = &self.copying;
        match self.outer {
            None => {
                self.outer = Some(plan.is_copying());
            }
            Some(_) => {
                plan.set_copying(true);
                plan.next_copy(stages.clone(), tasks.clone());
            }
        }
        let stage = plan.at(*stage).cell();
        Some(Stream::source(Competitor { turn, stage }))
    }
}

/// The head of a copy: takes its share of a link.
pub struct Competitor<A> {
    turn: Turn<A>,
    stage: Arc<StageCell>,
}

impl<A> Head for Competitor<A> {
    type Item = A;

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        self.turn.poll_items(cx)
    }

    fn items(&mut self, limit: usize) -> impl Iterator<Item = A> {
        self.turn.items(limit)
    }

    fn settle(&mut self) -> u64 {
        let taken = self.turn.settle();
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        taken
    }

    fn note_dropped(&self, items: u64) {
        self.turn.note_dropped(items);
    }

    fn cancel(&mut self) {
        self.turn.cancel();
    }
}

/// The outputs of a sink in the arm, one of each copy.
pub struct Gathered<G>(Vec<G>);

impl<G> Gathered<G> {
    /// None yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only expanded code makes one")]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// One more copy's.
    pub fn push(&mut self, output: G) {
        self.0.push(output);
    }
}

impl<G: Output> Output for Gathered<G> {
    type Item = Vec<G::Item>;

    fn take(self) -> Option<Vec<G::Item>> {
        self.0.into_iter().map(Output::take).collect()
    }
}
