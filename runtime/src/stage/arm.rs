//! An arm of a block, which runs inside the task above it: what a block gives items to.
//!
//! A closed arm is a [`Line`]: stages and a consumer (a fused sink, or the link to the arm's first task). An open arm is stages
//! only: what comes out of them flows on in the same task. [`arms`](super::arms) has all arms of a block.

use std::marker::PhantomData;
use std::task::{Context, Poll, ready};

use super::line::MOST_PARKED;
use super::{Chain, Consumer, Cut, HasItem, Line, Pair, Part, SameItem, Stream, Taken, WayOut};
use crate::PipelineError;

/// Stands where a head would: the items of an arm come from its block.
pub struct Branch<A>(PhantomData<fn() -> A>);

/// The stream that an arm begins with.
pub fn branch<A, Tok>() -> Stream<A, Tok, Branch<(A, Tok)>, super::Direct> {
    Stream::source(Branch(PhantomData))
}

/// A copy of a stream's items, which begins an arm.
pub fn copy_of<A, Tok, H, P>(_: &Stream<A, Tok, H, P>) -> Stream<A, Tok, Branch<(A, Tok)>, super::Direct> {
    branch()
}

/// What a block is to give: the type of the items that come out of its open arms.
pub struct Gives<B> {
    open: bool,
    item: PhantomData<fn() -> B>,
}

impl<B> Gives<B> {
    /// Whether there is an open arm.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// One more open arm: its items are those of the others.
    pub fn open_as<A, C, P, S>(&self, s: S) -> Open<A, P>
    where
        S: HasItem<C> + SameItem<B, C, Head = Branch<A>, Part = P>,
    {
        Open { part: s.same().part, fed: 0, item: PhantomData }
    }
}

/// What a block without open arms gives: nothing, ever.
pub enum Never {}

/// Nothing comes out of the block.
pub fn gives_nothing() -> Gives<Never> {
    Gives { open: false, item: PhantomData }
}

/// An arm that ends in a consumer: as a link or a fused sink has made it.
pub fn closed<A, P, K>(chain: Chain<Branch<A>, P, K>) -> Closed<A, P, K> {
    Closed { line: chain.into_line(), fed: 0, failure: None, item: PhantomData }
}

/// An arm without a sink, and what comes out of it.
pub fn open<A, B, P, Tok>(s: Stream<B, Tok, Branch<A>, P>) -> (Open<A, P>, Gives<B>) {
    (Open { part: s.part, fed: 0, item: PhantomData }, Gives { open: true, item: PhantomData })
}

/// A closed arm.
pub struct Closed<A, P, K> {
    line: Line<P, K>,
    fed: u64,
    failure: Option<PipelineError>,
    item: PhantomData<fn(A)>,
}

/// An open arm.
pub struct Open<A, P> {
    part: P,
    fed: u64,
    item: PhantomData<fn(A)>,
}

/// What a block asks of each arm. `B` is what comes out of the block; a closed arm fits any.
pub trait Arm<B> {
    /// What it takes.
    type In;

    /// Whether what comes out of it flows on.
    const OPEN: bool;

    /// Whether it may be given runs instead of single items: it is a link, and its stages neither make more of them nor keep them waiting.
    const RUNS: bool;

    /// Whether at most one item comes out of the block for each that goes in.
    const AT_MOST_ONE: bool;

    /// Whether it takes every item: it never has enough, never fails, and never waits.
    const TAKES_ALL: bool;

    /// Whether it wants no more items (S3).
    fn is_done(&self) -> bool;

    /// Whether it wants items although nothing may come out of the block any more.
    fn is_live(&self) -> bool;

    /// Whether nothing more comes out of it.
    fn is_satisfied(&self) -> bool;

    /// Whether one item would find its place at once, if the block's own way out is `output`.
    fn accepts(&self, output: WayOut) -> bool;

    /// How many items would.
    fn room(&self) -> usize;

    /// Whether something parked in it has moved since it was last settled.
    fn has_moved(&self) -> bool;

    /// One item, for which `accepts` has promised a place; gives what comes out. `output` is the block's own. Whoever calls this counts.
    fn give(&mut self, item: Self::In, cut: Cut, output: WayOut) -> Option<B>;

    /// So many items have been given.
    fn count(&mut self, items: u64);

    /// How many have been given since the last `settle`.
    fn given(&self) -> u64;

    /// Items for which `room` has promised places, to an arm with `RUNS`.
    fn give_run(&mut self, items: impl ExactSizeIterator<Item = Self::In>, cut: Cut);

    /// What comes out without a further item.
    fn more(&mut self, cut: Cut) -> Option<B>;

    /// Lets go of what would come out, which nobody wants, and gives arms within what is theirs.
    fn drain(&mut self, cut: Cut);

    /// Whether something comes out before it takes an item; at the end: at all.
    fn is_parked(&self, ended: bool) -> bool;

    /// Whether arms within it would have something of `drain`.
    fn is_parked_within(&self, ended: bool) -> bool;

    /// Waits until it accepts an item or wants none; what a closed arm waits with goes first.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Whether nobody is below it any more.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Makes what it was given visible below (G6).
    fn publish(&mut self);

    /// The stream has ended: the arm ends.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>>;

    /// Whether a failure has ended it.
    fn has_failed(&self) -> bool;

    /// The failure.
    fn failure(&mut self) -> Option<PipelineError>;

    /// Notes in its stages' counters what was given to it; says how many items came out of the block by it.
    fn settle(&mut self) -> u64;
}

impl<A: Pair, B, P: Part<A>, K: Consumer<P::Out>> Arm<B> for Closed<A, P, K> {
    type In = A;
    const OPEN: bool = false;
    const RUNS: bool = K::LINK && P::AT_MOST_ONE && !P::HAS_ARMS;
    const AT_MOST_ONE: bool = true;
    const TAKES_ALL: bool = K::TAKES_ALL && P::TAKES_ALL;

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.line.is_done()
    }

    #[inline(always)]
    fn is_live(&self) -> bool {
        !self.line.is_done()
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        true
    }

    #[inline(always)]
    fn accepts(&self, _: WayOut) -> bool {
        self.line.accepts()
    }

    fn has_moved(&self) -> bool {
        self.fed > 0 || self.line.part().has_moved()
    }

    fn room(&self) -> usize {
        self.line.room(WayOut::Open)
    }

    #[inline(always)]
    fn give(&mut self, item: A, cut: Cut, _: WayOut) -> Option<B> {
        if let Err(failure) = self.line.feed(item, cut) {
            self.failure = Some(failure);
        }
        None
    }

    #[inline(always)]
    fn count(&mut self, items: u64) {
        self.fed += items;
    }

    fn given(&self) -> u64 {
        self.fed
    }

    #[inline(always)]
    fn give_run(&mut self, items: impl ExactSizeIterator<Item = A>, cut: Cut) {
        self.fed += items.len() as u64;
        if let Err(failure) = self.line.push(items, cut, WayOut::Open) {
            self.failure = Some(failure);
        }
    }

    #[inline(always)]
    fn more(&mut self, _: Cut) -> Option<B> {
        None
    }

    fn drain(&mut self, _: Cut) {}

    #[inline(always)]
    fn is_parked(&self, _: bool) -> bool {
        false
    }

    fn is_parked_within(&self, _: bool) -> bool {
        false
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_broken() {
            return Poll::Ready(());
        }
        if self.line.is_done() {
            // It has finished early. Whoever is below learns so at once; nothing waits for it.
            if let Poll::Ready(Err(failure)) = self.poll_told(cx) {
                self.failure = Some(failure);
            }
            return Poll::Ready(());
        }
        loop {
            let output = ready!(self.line.poll_room(cx));
            if !self.line.is_parked(output) {
                return Poll::Ready(());
            }
            let pushed = self.line.push(None.into_iter(), Cut { ended: false, most: MOST_PARKED }, output);
            let moved = self.line.part().has_moved();
            self.line.settle(0);
            if let Err(failure) = pushed {
                self.failure = Some(failure);
            }
            if self.is_broken() {
                return Poll::Ready(());
            }
            if self.line.is_parked(output) && (!moved || self.line.consumer().is_open()) {
                // There is more than may leave in one go; or an arm within it holds it up.
                if moved {
                    cx.waker().wake_by_ref();
                }
                return Poll::Pending;
            }
        }
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.line.is_done() { Poll::Ready(()) } else { self.line.poll_gone(cx) }
    }

    #[inline(always)]
    fn publish(&mut self) {
        self.line.publish();
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.poll_told(cx)
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.is_broken()
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.failure.take().or_else(|| self.line.part_mut().failure())
    }

    fn settle(&mut self) -> u64 {
        let fed = std::mem::take(&mut self.fed);
        self.line.settle(fed);
        0
    }
}

impl<A: Pair, P: Part<A>, K: Consumer<P::Out>> Closed<A, P, K> {
    #[inline(always)]
    fn is_broken(&self) -> bool {
        self.failure.is_some() || self.line.part().has_failed()
    }

    fn poll_told(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        loop {
            if ready!(self.line.poll_end(cx, None.into_iter()))? {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<A: Pair, B: Pair, P: Part<A, Out = B>> Arm<B> for Open<A, P> {
    type In = A;
    const OPEN: bool = true;
    const RUNS: bool = false;
    const AT_MOST_ONE: bool = P::AT_MOST_ONE;
    const TAKES_ALL: bool = P::TAKES_ALL;

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.part.is_satisfied() && !self.part.is_live()
    }

    #[inline(always)]
    fn is_live(&self) -> bool {
        self.part.is_live()
    }

    #[inline(always)]
    fn is_satisfied(&self) -> bool {
        self.part.is_satisfied()
    }

    #[inline(always)]
    fn accepts(&self, output: WayOut) -> bool {
        if output != WayOut::Over && !self.part.is_satisfied() {
            self.part.accepts(WayOut::Open) && !self.part.is_parked()
        } else {
            self.part.accepts(WayOut::Over) && !self.part.is_parked_for_arms(false)
        }
    }

    fn has_moved(&self) -> bool {
        self.fed > 0 || self.part.has_moved()
    }

    fn room(&self) -> usize {
        0
    }

    #[inline(always)]
    fn give(&mut self, item: A, cut: Cut, output: WayOut) -> Option<B> {
        let item = Some(item).into_iter();
        if output == WayOut::Open && !self.part.is_satisfied() {
            self.part.adapt(item, cut).next()
        } else {
            self.part.drain(item, cut, WayOut::Over);
            None
        }
    }

    #[inline(always)]
    fn count(&mut self, items: u64) {
        self.fed += items;
    }

    fn given(&self) -> u64 {
        self.fed
    }

    fn give_run(&mut self, items: impl ExactSizeIterator<Item = A>, cut: Cut) {
        // Never called: it has no `RUNS`.
        items.for_each(|item| drop(Arm::<B>::give(self, item, cut, WayOut::Over)));
    }

    #[inline(always)]
    fn more(&mut self, cut: Cut) -> Option<B> {
        self.part.adapt(None.into_iter(), cut).next()
    }

    fn drain(&mut self, cut: Cut) {
        self.part.drain(None.into_iter(), cut, WayOut::Over);
    }

    fn is_parked_within(&self, ended: bool) -> bool {
        self.part.is_parked_for_arms(ended)
    }

    #[inline(always)]
    fn is_parked(&self, ended: bool) -> bool {
        if ended { self.part.has_rest() } else { self.part.is_parked() }
    }

    #[inline(always)]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.part.poll_arms(cx));
            // Nothing more comes out of it: what is parked is for the arms within.
            if !self.part.is_satisfied() || self.part.is_parked() || !self.part.is_parked_for_arms(false) {
                return Poll::Ready(());
            }
            let came = Arm::<B>::settle(self);
            debug_assert_eq!(came, 0, "what has come out of the arm was counted before it is asked again");
            self.part.drain(None.into_iter(), Cut { ended: false, most: MOST_PARKED }, WayOut::Over);
            if !self.part.has_moved() && self.part.is_parked_for_arms(false) {
                // An arm within it holds it up.
                return Poll::Pending;
            }
        }
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.part.poll_gone(cx)
    }

    #[inline(always)]
    fn publish(&mut self) {
        self.part.publish();
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.part.poll_end(cx)
    }

    #[inline(always)]
    fn has_failed(&self) -> bool {
        self.part.has_failed()
    }

    fn failure(&mut self) -> Option<PipelineError> {
        self.part.failure()
    }

    fn settle(&mut self) -> u64 {
        let fed = std::mem::take(&mut self.fed);
        self.part.settle(fed)
    }
}

/// Where a block without open arms leads: nobody is there. Its task ends with it.
pub struct Nowhere;

impl<Tok> Consumer<(Never, Tok)> for Nowhere {
    fn consume<I: Iterator<Item = (Never, Tok)>>(&mut self, _: I) -> Result<Taken, PipelineError> {
        Ok(Taken::All)
    }

    fn is_satisfied(&self) -> bool {
        true
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        Poll::Ready(Ok(()))
    }
}

/// A block without open arms is the end of its task.
pub fn nowhere<Tok, H, P>(s: Stream<Never, Tok, H, P>, at: super::At<'_, '_>) -> Chain<H, P, Nowhere> {
    Chain::new(s.head, s.part, Nowhere, std::sync::Arc::clone(at.cell().task()))
}
