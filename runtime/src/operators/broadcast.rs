//! `broadcast { … }`, and `let (a, b) = … -> broadcast;`.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::route::cut_inside;
use crate::PipelineError;
use crate::Token;
use crate::stage::{Arm, Arms, At, Cut, Gives, Guard, Part, StageCell, Stream, Then, WayOut};

/// Each item goes into every arm, as a clone: `broadcast { stages, stages, … }`.
///
/// Arms that end in a sink are closed, any others open; what comes out of the open arms, which is of one type, flows on behind the
/// block. Arms of synchronous stages run inside the task above them. `let (a, b) = chain -> broadcast;` names the copies
/// instead, to be used like any stream.
///
/// The slowest arm governs: an item is taken when every arm that still wants items has room for it (`F1`). An arm that
/// begins with `queue(n, overflow = drop_oldest)` or another link that drops never holds the others.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sum, greatest) = pipeline! {
///     iter([3u32, 9, 4]) -> broadcast {
///         fold(0, |sum, n| sum + n),
///         reduce(|a, b| a.max(b)),
///     }
/// }
/// .run()
/// .await?;
/// assert_eq!((sum, greatest), (16, Some(9)));
/// # Ok(())
/// # }
/// ```
///
/// * emits: what comes out of the open arms; one clone less an item than there are arms
/// * pauses: when an arm that still wants items is paused
/// * finishes: with its input, after what its arms hold
/// * stops early: when all its arms have; an arm that finishes early drops out
#[doc(alias = "tee")]
#[doc(alias = "fork")]
#[doc(alias = "clone")]
pub fn broadcast<A: Copied, B, Tok, H, P, R>(
    s: Stream<A, Tok, H, P>,
    arms: R,
    gives: Gives<B>,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, Broadcast<A, Tok, B, R>>> {
    if gives.is_open() {
        at.keeps_one();
    }
    s.then(Broadcast { stage: at.cell(), arms, pending: None, moved: false, run: Vec::new(), item: PhantomData })
}

/// What can be copied: whatever is `Clone`.
#[diagnostic::on_unimplemented(
    message = "`broadcast` copies its items, but `{Self}` is not `Clone`",
    label = "these items cannot be copied",
    note = "derive `Clone`, or share the items: `map(Arc::new)` before the `broadcast`"
)]
pub trait Copied {
    /// A copy.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<A: Clone> Copied for A {
    #[inline(always)]
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// A copy of an item, with a token of its own.
#[inline(always)]
fn copy_of<A: Copied, Tok: Token>((item, token): &(A, Tok)) -> (A, Tok) {
    // Before: a panic is to find a token of the item at hand.
    let token = token.split();
    (item.copy(), token)
}

/// Arms that all take `A`.
pub trait Copies<A, Tok, B>: Arms<B> {
    /// Gives a copy to each arm that wants one, but for the first `skip`, and the item itself to the last. Stops at what comes
    /// out of an open arm, and says how many arms are done with then.
    fn give(&mut self, skip: usize, item: &mut Option<(A, Tok)>, cut: Cut, output: WayOut) -> Option<(B, usize)>;

    /// Gives copies of a run to all that want one, and the items themselves to the last.
    fn give_run(&mut self, items: &mut Vec<(A, Tok)>, cut: Cut);
}

impl<A, Tok, B> Copies<A, Tok, B> for () {
    #[inline(always)]
    fn give(&mut self, _: usize, _: &mut Option<(A, Tok)>, _: Cut, _: WayOut) -> Option<(B, usize)> {
        None
    }

    fn give_run(&mut self, _: &mut Vec<(A, Tok)>, _: Cut) {}
}

impl<A, Tok, B, X, R> Copies<A, Tok, B> for (X, R)
where
    A: Copied,
    Tok: Token,
    X: Arm<B, In = (A, Tok)>,
    R: Copies<A, Tok, B>,
{
    #[inline(always)]
    fn give(&mut self, skip: usize, item: &mut Option<(A, Tok)>, cut: Cut, output: WayOut) -> Option<(B, usize)> {
        let wanted = !self.0.is_done() && (output != WayOut::Over || self.0.is_live());
        if skip == 0 && wanted {
            let last = if output == WayOut::Over { !self.1.any_live() } else { self.1.all_done() };
            let copy = if last { item.take() } else { item.as_ref().map(copy_of) };
            if let Some(copy) = copy {
                self.0.count(1);
                if let Some(out) = self.0.give(copy, cut, output) {
                    return Some((out, 1));
                }
                // The arms after it do not get the item: a panic there would be told in place of this failure (`E1`).
                if !X::TAKES_ALL && self.0.has_failed() {
                    return None;
                }
            }
        }
        self.1.give(skip.saturating_sub(1), item, cut, output).map(|(out, done)| (out, done + 1))
    }

    fn give_run(&mut self, items: &mut Vec<(A, Tok)>, cut: Cut) {
        if self.0.is_done() {
            return self.1.give_run(items, cut);
        }
        if self.1.all_done() {
            let mut rest = items.drain(..);
            self.0.give_run(&mut rest, cut);
            if self.0.has_failed() {
                // Kept: `drain` would drop them now.
                let left: Vec<_> = rest.collect();
                items.extend(left);
            }
        } else {
            self.0.give_run(items.iter().map(copy_of), cut);
            if !self.0.has_failed() {
                self.1.give_run(items, cut);
            }
        }
    }
}

/// How many items are copied at once, where all arms are links with room for them.
const RUN: usize = 1024;

/// The block.
pub struct Broadcast<A, Tok, B, R> {
    stage: Arc<StageCell>,
    arms: R,
    /// An item, and how many arms have had it: something has come out in between.
    pending: Option<((A, Tok), usize)>,
    /// An item was given to an arm since the last `settle`.
    moved: bool,
    /// A run that is being copied. Empty in between; kept for its memory. What was in hand when an arm failed stays in it: it is
    /// dropped with the block, when the failure has been told, for it may panic then (`E1`).
    run: Vec<(A, Tok)>,
    item: PhantomData<fn() -> B>,
}

impl<A: Copied, Tok: Token, B, R: Copies<A, Tok, (B, Tok)>> Broadcast<A, Tok, B, R> {
    /// The next item that comes out of a run.
    #[inline(always)]
    fn next(&mut self, items: &mut impl Iterator<Item = (A, Tok)>, cut: Cut, output: WayOut) -> Option<(B, Tok)> {
        let Self { stage, arms, pending, moved, run, .. } = self;
        loop {
            if output == WayOut::Open && arms.is_parked(false) {
                if let Some(item) = arms.more(cut_inside(cut)) {
                    return Some(item);
                }
                if arms.is_parked(false) {
                    return None;
                }
            }
            let (item, skip) = match pending.take() {
                Some(pending) => pending,
                None => {
                    if !arms.accept(output) || arms.has_failed() {
                        return None;
                    }
                    match items.next() {
                        Some(item) => (item, 0),
                        None if cut.ended && output == WayOut::Open => return arms.more(cut),
                        None => return None,
                    }
                }
            };
            *moved = true;
            let mut item = Some(item);
            // A panic in the item's `clone` is this stage's.
            let guard = Guard::new(stage);
            let out = arms.give(skip, &mut item, cut_inside(cut), output);
            guard.passed();
            if let Some((out, done)) = out {
                *pending = item.map(|item| (item, done));
                return Some(out);
            }
            let Some(left) = item else { continue };
            if arms.has_failed() {
                run.push(left);
                return None;
            }
            // Arms have had it, and those after them have finished meanwhile: they drop out. An item that nobody has had is not done.
            if skip > 0 {
                left.1.done();
            }
        }
    }

    /// Whether an open arm may still get the item that others have had.
    #[inline(always)]
    fn is_pending(&self) -> bool {
        R::OPEN && self.pending.is_some() && !self.arms.all_satisfied()
    }

    /// As `next` for arms that take runs; nothing comes out of them.
    fn copy_runs(&mut self, mut items: impl Iterator<Item = (A, Tok)>, cut: Cut) {
        let Self { stage, arms, run, .. } = self;
        loop {
            let room = arms.room();
            if room == 0 || arms.has_failed() || arms.all_done() {
                return;
            }
            // Where all are certain to fit, the stages above push them; else they are pulled.
            let all = items.size_hint().1.is_some_and(|most| most <= room.min(RUN));
            if all {
                let mut gathered = std::mem::take(run);
                gathered.reserve(items.size_hint().1.unwrap_or_default());
                items.for_each(|item| {
                    // Never more than was reserved: so the vector stays in registers.
                    assert!(gathered.len() < gathered.capacity(), "a run gave more items than it said");
                    gathered.push(item);
                });
                *run = gathered;
                copy_run(stage, arms, run, cut);
                return;
            }
            run.extend(items.by_ref().take(room.min(RUN)));
            if run.is_empty() {
                return;
            }
            copy_run(stage, arms, run, cut);
        }
    }
}

/// Gives copies of a run to all arms.
fn copy_run<A, Tok, B>(stage: &StageCell, arms: &mut impl Copies<A, Tok, B>, run: &mut Vec<(A, Tok)>, cut: Cut) {
    let guard = Guard::new(stage);
    arms.give_run(run, cut);
    guard.passed();
    if !arms.has_failed() {
        run.clear();
    }
}

impl<A: Copied, B, R: Copies<A, Tok, (B, Tok)>, Tok: Token> Part<(A, Tok)> for Broadcast<A, Tok, B, R> {
    type Out = (B, Tok);
    // More than one comes out where there is more than one open arm.
    const AT_MOST_ONE: bool = false;
    const HAS_ARMS: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (B, Tok)> {
        Copying { items, block: self, cut, left: cut.most }
    }

    #[inline(always)]
    fn is_parked(&self) -> bool {
        self.is_pending() || self.arms.is_parked(false)
    }

    fn has_rest(&self) -> bool {
        self.is_pending() || self.arms.is_parked(true)
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.arms.all_satisfied()
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.arms.has_failed()
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.arms.failure()
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.moved = false;
        self.stage.add_in(taken);
        self.stage.add_out(taken);
        self.arms.settle()
    }

    #[inline(always)]
    fn accepts(&self, output: WayOut) -> bool {
        let parked = self.pending.is_some() || output != WayOut::Over && self.arms.is_parked(false);
        !parked && self.arms.accept(output)
    }

    fn has_moved(&self) -> bool {
        self.moved || self.arms.has_moved()
    }

    #[inline(always)]
    fn is_live(&self) -> bool {
        self.arms.any_live()
    }

    fn is_parked_for_arms(&self, ended: bool) -> bool {
        self.pending.is_some() || self.arms.is_parked_within(ended)
    }

    fn room_for_arms(&self) -> usize {
        if R::RUNS { self.arms.room().min(RUN) } else { usize::MAX }
    }

    fn poll_arms(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.arms.poll_ready(cx)
    }

    fn drain<I: Iterator<Item = (A, Tok)>>(&mut self, mut items: I, cut: Cut, output: WayOut) {
        if output == WayOut::Over {
            self.arms.drain(cut_inside(cut));
        }
        if R::RUNS {
            self.copy_runs(items, cut_inside(cut));
        } else {
            let out = self.next(&mut items, cut, output);
            debug_assert!(out.is_none(), "nothing comes out of a block that is drained");
            if output == WayOut::Over && cut.ended && self.pending.is_none() && self.arms.accept(output) {
                // All that was above them is in the arms.
                self.arms.drain(cut);
            }
        }
    }

    fn publish(&mut self) {
        self.arms.publish();
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.arms.poll_gone(cx)
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.arms.poll_end(cx)
    }
}

/// A run, copied. A type of its own, with no closure in it, as everywhere (see `map`).
struct Copying<'a, I, A, Tok, B, R> {
    items: I,
    block: &'a mut Broadcast<A, Tok, B, R>,
    cut: Cut,
    /// How many more items may come out at once.
    left: usize,
}

impl<A, Tok, B, R, I> Iterator for Copying<'_, I, A, Tok, B, R>
where
    A: Copied,
    Tok: Token,
    R: Copies<A, Tok, (B, Tok)>,
    I: Iterator<Item = (A, Tok)>,
{
    type Item = (B, Tok);

    #[inline(always)]
    fn next(&mut self) -> Option<(B, Tok)> {
        self.left = self.left.checked_sub(1)?;
        self.block.next(&mut self.items, self.cut, WayOut::Open)
    }
}
