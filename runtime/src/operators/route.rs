//! `match { pattern => item -> …, … }`.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::map::guarded;
use crate::stage::{Arm, Arms, At, Branch, Cut, Direct, Gives, Part, StageCell, Stream, Then, WayOut, branch, paired};
use crate::{PipelineError, Token};

/// Each item goes into the first arm whose pattern fits it: `match { pattern if guard => value -> stages, … }`, a typed router.
///
/// Patterns and guards are those of Rust's `match`, and rustc checks that they are exhaustive. What stands before an arm's
/// first arrow is what flows into the arm, an expression over the pattern's names. An arm that ends in a sink is closed, any other
/// open: what comes out of the open arms, which is of one type, flows on behind the block. Arms of synchronous stages run inside the task
/// above them: an error route costs a branch, not a queue (`G2`).
///
/// An item for an arm that is paused waits, and what is behind it waits too. An item for an arm that has finished early is
/// dropped and counted (`F2`), and its token is done. Closures and guards capture by reference; `match move` moves what they capture into the block.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (wrong, sum) = pipeline! {
///     iter(["1", "two", "3"])
///         -> map(|word| word.parse::<u32>())
///         -> match {
///             Ok(number) => number,
///             Err(bad) => bad.to_string() -> collect::<Vec<_>>(),
///         }
///         -> fold(0, |sum, n| sum + n)
/// }
/// .run()
/// .await?;
/// assert_eq!((wrong.len(), sum), (1, 4));
/// # Ok(())
/// # }
/// ```
///
/// * emits: what comes out of the open arms; in the input's order if all of them are synchronous, else in each arm's own
/// * pauses: when an item meets an arm that is paused
/// * finishes: with its input, after what its arms hold
/// * stops early: when all its arms have
#[doc(alias = "match")]
#[doc(alias = "partition")]
#[doc(alias = "split")]
pub fn route<A, B, C, F, Tok, H, P, R>(
    s: Stream<A, Tok, H, P>,
    f: F,
    arms: R,
    _: Gives<B>,
    mut at: At<'_, '_>,
) -> Stream<B, Tok, H, Then<P, Route<B, Tok, C, F, R>>>
where
    F: FnMut(A) -> C,
{
    at.keeps_one();
    s.then(Route { stage: at.cell(), f, router: Router { arms, held: None, dropped: 0, item: PhantomData } })
}

/// An item that was looked at: it belongs into this arm, or into one of the others.
pub enum Case<A, R> {
    /// This arm.
    This(A),
    /// One of the others.
    Other(R),
}

/// The end of a list of cases.
pub enum NoCase {}

/// The cases that arms are still to be made for.
pub struct Cases<C, Tok>(PhantomData<fn() -> (C, Tok)>);

/// Gives the function that looks at items back, and the cases it knows.
pub fn cases<A, C, F: FnMut(A) -> C, Tok, H, P>(
    s: Stream<A, Tok, H, P>,
    f: F,
) -> (Stream<A, Tok, H, P>, F, Cases<C, Tok>) {
    (s, f, Cases(PhantomData))
}

/// The next case's arm, and the cases after it.
pub fn case<A, R, Tok>(_: Cases<Case<A, R>, Tok>) -> (Stream<A, Tok, Branch<(A, Tok)>, Direct>, Cases<R, Tok>) {
    (branch(), Cases(PhantomData))
}

/// What becomes of an item that belongs into an arm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It goes in.
    Room,
    /// It waits.
    Wait,
    /// Nobody wants it any more.
    Drop,
}

/// Arms that take the cases `C`, each with its token.
pub trait Choose<C, Tok, B>: Arms<B> {
    /// What becomes of the item, if the block's own way out is `output`.
    fn place(&self, choice: &C, output: WayOut) -> Place;

    /// How many items each arm has been given: apart from the arms, so that a run keeps it in registers.
    type Counts: Default;

    /// Gives the item, for which there is room.
    fn give(&mut self, choice: (C, Tok), cut: Cut, output: WayOut, counts: &mut Self::Counts) -> Option<B>;

    /// Adds up what was given.
    fn count(&mut self, counts: &Self::Counts);

    /// Whether the item is for an open arm.
    fn is_open(choice: &C) -> bool;
}

impl<Tok, B> Choose<NoCase, Tok, B> for () {
    fn place(&self, choice: &NoCase, _: WayOut) -> Place {
        match *choice {}
    }

    type Counts = ();

    fn give(&mut self, (choice, _): (NoCase, Tok), _: Cut, _: WayOut, (): &mut ()) -> Option<B> {
        match choice {}
    }

    fn count(&mut self, (): &()) {}

    fn is_open(choice: &NoCase) -> bool {
        match *choice {}
    }
}

impl<A, B, C, Tok, X: Arm<B, In = (A, Tok)>, R: Choose<C, Tok, B>> Choose<Case<A, C>, Tok, B> for (X, R) {
    #[inline(always)]
    fn place(&self, choice: &Case<A, C>, output: WayOut) -> Place {
        match choice {
            Case::This(_) => {
                let unwanted = if output == WayOut::Over { X::OPEN && !self.0.is_live() } else { false };
                if unwanted || self.0.is_done() {
                    Place::Drop
                } else if self.0.accepts(output) && !(X::OPEN && output == WayOut::Full) {
                    Place::Room
                } else {
                    Place::Wait
                }
            }
            Case::Other(choice) => self.1.place(choice, output),
        }
    }

    type Counts = (u64, R::Counts);

    #[inline(always)]
    fn give(
        &mut self,
        (choice, token): (Case<A, C>, Tok),
        cut: Cut,
        output: WayOut,
        counts: &mut Self::Counts,
    ) -> Option<B> {
        match choice {
            Case::This(item) => {
                counts.0 += 1;
                self.0.give((item, token), cut, output)
            }
            Case::Other(choice) => self.1.give((choice, token), cut, output, &mut counts.1),
        }
    }

    #[inline(always)]
    fn count(&mut self, counts: &Self::Counts) {
        self.0.count(counts.0);
        self.1.count(&counts.1);
    }

    #[inline(always)]
    fn is_open(choice: &Case<A, C>) -> bool {
        match choice {
            Case::This(_) => X::OPEN,
            Case::Other(choice) => R::is_open(choice),
        }
    }
}

/// The block.
pub struct Route<B, Tok, C, F, R> {
    stage: Arc<StageCell>,
    f: F,
    router: Router<(B, Tok), C, Tok, R>,
}

/// The block behind its patterns.
struct Router<B, C, Tok, R> {
    arms: R,
    /// An item whose arm had no room.
    held: Option<(C, Tok)>,
    dropped: u64,
    item: PhantomData<fn() -> B>,
}

impl<B, C, Tok: Token, R: Choose<C, Tok, B>> Router<B, C, Tok, R> {
    #[inline(always)]
    fn give(&mut self, choice: (C, Tok), cut: Cut, output: WayOut) -> Option<B> {
        let mut counts = R::Counts::default();
        let item = self.arms.give(choice, cut, output, &mut counts);
        self.arms.count(&counts);
        item
    }

    /// The next item that comes out of a run of items that have been looked at.
    #[inline(always)]
    fn next(&mut self, items: &mut impl Iterator<Item = (C, Tok)>, cut: Cut, output: WayOut) -> Option<B> {
        loop {
            if output == WayOut::Open && self.arms.is_parked(false) {
                if let Some(item) = self.arms.more(Cut { ended: false, ..cut }) {
                    return Some(item);
                }
                if self.arms.is_parked(false) {
                    return None;
                }
            }
            let choice = match self.held.take() {
                Some(choice) => choice,
                None => match items.next() {
                    Some(choice) => choice,
                    None if cut.ended && output == WayOut::Open => return self.arms.more(cut),
                    None => return None,
                },
            };
            match self.arms.place(&choice.0, output) {
                Place::Room => {
                    let item = self.give(choice, cut_inside(cut), output);
                    if item.is_some() {
                        return item;
                    }
                    if self.arms.has_failed() {
                        return None;
                    }
                }
                Place::Wait => {
                    self.held = Some(choice);
                    return None;
                }
                Place::Drop => self.let_go(choice),
            }
        }
    }

    /// Nobody wants the item any more (F2).
    fn let_go(&mut self, (_, token): (C, Tok)) {
        self.dropped += 1;
        token.done();
    }

    /// Whether an item waits for an open arm.
    #[inline(always)]
    fn holds_for_open(&self) -> bool {
        self.held.as_ref().is_some_and(|(choice, _)| R::is_open(choice))
    }
}

/// While items are given, the stream has not ended for an arm, whatever it has for the block.
#[inline(always)]
pub(super) fn cut_inside(cut: Cut) -> Cut {
    Cut { ended: false, ..cut }
}

impl<A, B, C, F: FnMut(A) -> C, R: Choose<C, Tok, (B, Tok)>, Tok: Token> Part<(A, Tok)> for Route<B, Tok, C, F, R> {
    type Out = (B, Tok);
    const AT_MOST_ONE: bool = R::AT_MOST_ONE;
    const TAKES_ALL: bool = R::TAKES_ALL;
    const HAS_ARMS: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (B, Tok)> {
        let Self { stage, f, router } = self;
        Routing { items: items.map(paired::change(guarded(stage, f))), router, cut, left: cut.most }
    }

    #[inline(always)]
    fn is_parked(&self) -> bool {
        self.router.holds_for_open() || self.router.arms.is_parked(false)
    }

    fn has_rest(&self) -> bool {
        self.router.holds_for_open() || self.router.arms.is_parked(true)
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.router.arms.all_satisfied()
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.router.arms.has_failed()
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.router.arms.failure()
    }

    fn settle(&mut self, taken: u64) -> u64 {
        self.stage.add_in(taken);
        self.stage.add_out(self.router.arms.given());
        self.stage.add_dropped(std::mem::take(&mut self.router.dropped));
        self.router.arms.settle()
    }

    #[inline(always)]
    fn accepts(&self, output: WayOut) -> bool {
        self.router.held.is_none() && (output == WayOut::Over || !self.router.arms.is_parked(false))
    }

    fn has_moved(&self) -> bool {
        self.router.arms.given() > 0 || self.router.dropped > 0 || self.router.arms.has_moved()
    }

    #[inline(always)]
    fn is_live(&self) -> bool {
        self.router.arms.any_live()
    }

    fn is_parked_for_arms(&self, ended: bool) -> bool {
        self.router.held.is_some() || self.router.arms.is_parked_within(ended)
    }

    #[inline(always)]
    fn flows_when_full(&self) -> bool {
        self.router.arms.any_live()
    }

    fn poll_arms(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Each is asked, so that it wakes the task; only the one for which an item waits holds up the others.
        let _ = self.router.arms.poll_ready(cx);
        let Some(choice) = self.router.held.take_if(|(choice, _)| !R::is_open(choice)) else { return Poll::Ready(()) };
        match self.router.arms.place(&choice.0, WayOut::Open) {
            Place::Room => {
                self.router.give(choice, Cut { ended: false, most: 1 }, WayOut::Open);
                Poll::Ready(())
            }
            Place::Wait => {
                self.router.held = Some(choice);
                Poll::Pending
            }
            Place::Drop => {
                self.router.let_go(choice);
                Poll::Ready(())
            }
        }
    }

    fn drain<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut, output: WayOut) {
        if output == WayOut::Over {
            self.router.arms.drain(cut_inside(cut));
        }
        let Self { stage, f, router } = self;
        let out = router.next(&mut items.map(paired::change(guarded(stage, f))), cut, output);
        debug_assert!(out.is_none(), "nothing comes out of a block that is drained");
        if output == WayOut::Over && cut.ended && router.held.is_none() {
            // All that was above them is in the arms.
            router.arms.drain(cut);
        }
    }

    fn publish(&mut self) {
        self.router.arms.publish();
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.router.arms.poll_gone(cx)
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.router.arms.poll_end(cx)
    }
}

/// A run, routed. A type of its own, with no closure in it, as everywhere (see `map`).
struct Routing<'a, I, B, C, Tok, R> {
    items: I,
    router: &'a mut Router<B, C, Tok, R>,
    cut: Cut,
    /// How many more items may come out at once, where one may become many.
    left: usize,
}

impl<B, C, Tok: Token, R: Choose<C, Tok, B>, I: Iterator<Item = (C, Tok)>> Iterator for Routing<'_, I, B, C, Tok, R> {
    type Item = B;

    #[inline(always)]
    fn next(&mut self) -> Option<B> {
        if !R::AT_MOST_ONE {
            self.left = self.left.checked_sub(1)?;
        }
        self.router.next(&mut self.items, self.cut, WayOut::Open)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        // An open arm may hold one that was waiting.
        let most = if R::AT_MOST_ONE { self.items.size_hint().1 } else { None };
        (0, most.and_then(|most| most.checked_add(1)))
    }

    /// Where no arm can stop a run, it is not asked for one item after the other.
    #[inline(always)]
    fn fold<T, G: FnMut(T, B) -> T>(mut self, init: T, mut f: G) -> T {
        let mut folded = init;
        if R::TAKES_ALL && R::AT_MOST_ONE && self.router.held.is_none() && !self.cut.ended {
            let Self { items, router: Router { arms, .. }, cut, .. } = self;
            // The counts travel with the value that is folded: so both stay in registers.
            let (folded, counts) =
                items.fold((folded, R::Counts::default()), |(folded, mut counts), choice| {
                    match arms.give(choice, cut, WayOut::Open, &mut counts) {
                        Some(item) => (f(folded, item), counts),
                        None => (folded, counts),
                    }
                });
            arms.count(&counts);
            return folded;
        }
        for item in self.by_ref() {
            folded = f(folded, item);
        }
        folded
    }
}
