//! A line: fused stages and where their items go. What a task is below its head, and what a closed arm of a block is.

use std::task::{Context, Poll, ready};

use super::{Consumer, Cut, Demand, Pair, Part, Taken, WayOut};
use crate::PipelineError;

/// How many parked items leave at once, before others get their turn (G5): when the input has ended, and of an arm.
pub(super) const MOST_PARKED: usize = 1024;

/// Fused stages and a consumer.
pub struct Line<P, K> {
    part: P,
    consumer: K,
    /// Whoever was below has left.
    gone: bool,
    end: End,
}

/// How far a line has come at the end of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// What the stages hold leaves.
    Rest,
    /// The consumer and the closed arms are told.
    Telling {
        consumer: bool,
    },
    Told,
}

impl<P, K> Line<P, K> {
    pub(crate) fn new(part: P, consumer: K) -> Self {
        Self { part, consumer, gone: false, end: End::Rest }
    }

    /// The consumer alone, of a line without stages.
    pub(crate) fn into_consumer(self) -> K {
        self.consumer
    }

    /// Whether nothing more comes out, whatever goes in.
    #[inline(always)]
    fn is_satisfied<A: Pair>(&self) -> bool
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        self.gone || self.part.is_satisfied() || self.consumer.is_satisfied()
    }

    /// Whether nothing may come out any more, not even what is parked.
    #[inline(always)]
    fn is_over<A: Pair>(&self) -> bool
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        self.gone || self.consumer.is_satisfied() || self.part.is_satisfied() && !self.part.is_parked()
    }

    /// Whether no item is wanted any more (S3).
    #[inline(always)]
    pub(crate) fn is_done<A: Pair>(&self) -> bool
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        self.is_satisfied() && !self.part.is_live()
    }

    /// Waits until items may be pushed, and says for whom.
    #[inline(always)]
    pub(crate) fn poll_room<A: Pair>(&mut self, cx: &mut Context<'_>) -> Poll<WayOut>
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        let arms = self.part.poll_arms(cx);
        if self.is_over() {
            return arms.map(|()| WayOut::Over);
        }
        let demand = self.consumer.poll_ready(cx);
        // What is parked leaves also while an arm holds up what is behind it: what it waits for may depend on that.
        if !self.part.is_parked() {
            ready!(arms);
        }
        match demand {
            Poll::Ready(Demand::Open) => Poll::Ready(WayOut::Open),
            Poll::Ready(Demand::Gone) => {
                self.gone = true;
                Poll::Ready(WayOut::Over)
            }
            Poll::Pending if self.part.flows_when_full() && !self.part.is_parked() => Poll::Ready(WayOut::Full),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Whether something leaves before more is taken.
    #[inline(always)]
    pub(crate) fn is_parked<A: Pair>(&self, output: WayOut) -> bool
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        if output == WayOut::Over { self.part.is_parked_for_arms(false) } else { self.part.is_parked() }
    }

    /// How many items fit now for certain.
    #[inline(always)]
    pub(crate) fn room<A: Pair>(&self, output: WayOut) -> usize
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        if output == WayOut::Open { self.consumer.room() } else { self.part.room_for_arms() }
    }

    /// The way out, as far as is known without asking.
    #[inline(always)]
    fn way_out<A: Pair>(&self) -> WayOut
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        if self.is_over() {
            WayOut::Over
        } else if self.consumer.is_open() {
            WayOut::Open
        } else {
            WayOut::Full
        }
    }

    /// Whether one item would find its place at once.
    pub(crate) fn accepts<A: Pair>(&self) -> bool
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        let output = self.way_out();
        self.part.accepts(output)
            && match output {
                WayOut::Over => !self.part.is_parked_for_arms(false),
                WayOut::Open => !self.part.is_parked(),
                // Closed arms take items although what comes out would find no room (F2).
                WayOut::Full => !self.part.is_parked() && self.part.flows_when_full(),
            }
    }

    /// Pulls a run through the stages, as `poll_room` has said.
    #[inline(always)]
    pub(crate) fn push<A: Pair>(
        &mut self,
        items: impl Iterator<Item = A>,
        cut: Cut,
        output: WayOut,
    ) -> Result<Taken, PipelineError>
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        if output == WayOut::Open {
            self.consumer.consume(self.part.adapt(items, cut))
        } else {
            self.part.drain(items, cut, output);
            Ok(Taken::All)
        }
    }

    /// One item, which `accepts` has promised a place.
    #[inline(always)]
    pub(crate) fn feed<A: Pair>(&mut self, item: A, cut: Cut) -> Result<(), PipelineError>
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        let output = self.way_out();
        self.push(Some(item).into_iter(), cut, output)?;
        Ok(())
    }

    /// Notes in the counters that `taken` items went in; says how many came out.
    #[inline(always)]
    pub(crate) fn settle<A: Pair>(&mut self, taken: u64) -> u64
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        let passed = self.part.settle(taken);
        self.consumer.settle(passed);
        passed
    }

    pub(crate) fn part(&self) -> &P {
        &self.part
    }

    pub(crate) fn part_mut(&mut self) -> &mut P {
        &mut self.part
    }

    pub(crate) fn consumer(&self) -> &K {
        &self.consumer
    }

    /// Makes everything pushed so far visible below (G6).
    #[inline(always)]
    pub(crate) fn publish<A: Pair>(&mut self)
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        self.part.publish();
        self.consumer.publish();
    }

    /// Before the task waits for input: whether whoever is below has left, everywhere (S3).
    pub(crate) fn poll_gone<A: Pair>(&mut self, cx: &mut Context<'_>) -> Poll<()>
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        let arms = self.part.poll_gone(cx);
        if !self.is_satisfied() && self.consumer.poll_gone(cx).is_ready() {
            self.gone = true;
        }
        if self.is_satisfied() { arms } else { Poll::Pending }
    }

    /// The stream has ended: lets out what the stages hold, and tells those below. `nothing` is a run without items, of the type that the
    /// line is used to. `false`: to be called again.
    pub(crate) fn poll_end<A: Pair>(
        &mut self,
        cx: &mut Context<'_>,
        nothing: impl Iterator<Item = A>,
    ) -> Poll<Result<bool, PipelineError>>
    where
        P: Part<A>,
        K: Consumer<P::Out>,
    {
        match self.end {
            End::Rest => {
                let arms = self.part.poll_arms(cx);
                if let Some(failure) = self.part.failure() {
                    return Poll::Ready(Err(failure));
                }
                let over = self.gone || self.consumer.is_satisfied();
                let rest = !over && self.part.has_rest();
                if !rest && !self.part.is_parked_for_arms(true) {
                    // What holds nothing needs no room to end, in no arm either (L8). What an arm has waited with may have gone in
                    // since the last run.
                    self.settle(0);
                    self.end = End::Telling { consumer: self.gone };
                    return Poll::Ready(Ok(false));
                }
                ready!(arms);
                let output = if rest {
                    match ready!(self.consumer.poll_ready(cx)) {
                        Demand::Open => WayOut::Open,
                        Demand::Gone => {
                            self.gone = true;
                            return Poll::Ready(Ok(false));
                        }
                    }
                } else {
                    WayOut::Over
                };
                // What is parked goes first: a stage below it has not come to its end before.
                let ended = !self.is_parked(output);
                let outcome = self.push(nothing, Cut { ended, most: MOST_PARKED }, output);
                let moved = ended || self.part.has_moved();
                self.settle(0);
                if let Some(failure) = self.part.failure() {
                    return Poll::Ready(Err(failure));
                }
                outcome?;
                if self.is_parked(output) && !self.consumer.is_paused() {
                    self.publish();
                    if moved {
                        cx.waker().wake_by_ref();
                    }
                    return Poll::Pending;
                }
                Poll::Ready(Ok(false))
            }
            End::Telling { consumer } => {
                let arms = self.part.poll_end(cx)?;
                let consumer = consumer || self.consumer.poll_finish(cx)?.is_ready();
                // A closed arm that has ended early takes no more, whatever its sink says now.
                self.gone = self.gone || consumer;
                self.end = if consumer && arms.is_ready() { End::Told } else { End::Telling { consumer } };
                if self.end == End::Told { Poll::Ready(Ok(true)) } else { Poll::Pending }
            }
            End::Told => Poll::Ready(Ok(true)),
        }
    }
}
