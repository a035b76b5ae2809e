//! `merge(a, b, …)`.

use std::task::{Context, Poll};

use crate::link::AnyReceiver;
use crate::stage::{At, Direct, Head, Inputs, Joined, Stream};
use crate::{PipelineError, Token};

/// So many items of one input in a row, while another has some (F3).
pub(super) const MOST: usize = 64;

/// The items of several streams, as they come.
///
/// The items of each input keep their order; of different inputs none is promised. It is fair: an input that has items is served after
/// at most 64 items of each other input (`F3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut all = pipeline! { merge(iter(0..3u32), iter(10..12u32) -> map(|n| n + 1)) -> collect::<Vec<_>>() }.run().await?;
/// all.sort();
/// assert_eq!(all, [0, 1, 2, 11, 12]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item of each input
/// * pauses: when its output is paused; the links of its inputs then fill and pause
/// * finishes: when all its inputs have
/// * stops early: when downstream is satisfied; all inputs are cancelled
#[doc(alias = "select")]
#[doc(alias = "union")]
pub fn merge<A, Tok: Token>(inputs: Inputs<A, Tok>, at: At<'_, '_>) -> Stream<A, Tok, Merge<A, Tok>, Direct> {
    Stream::source(Merge { inputs: inputs.joined(&at), turn: Turn { input: 0, given: 0 } })
}

/// The head of the fan-in's task.
pub struct Merge<A, Tok> {
    inputs: Joined<A, Tok>,
    turn: Turn,
}

/// Whose turn it is, and how many items it has given in it: fewer than `MOST`.
struct Turn {
    input: usize,
    given: usize,
}

impl Turn {
    /// The next of `inputs` inputs has its turn.
    #[inline(always)]
    fn pass(&mut self, inputs: usize) {
        self.input = if self.input + 1 < inputs { self.input + 1 } else { 0 };
        self.given = 0;
    }
}

impl<A, Tok: Token> Head for Merge<A, Tok> {
    type Item = (A, Tok);

    #[inline]
    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        let Self { inputs, turn } = self;
        inputs.poll_any(cx, |left| {
            if left < turn.input {
                turn.input -= 1;
            } else if left == turn.input {
                turn.given = 0;
            }
        })
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Tok)> {
        let Joined { open, counted, .. } = &mut self.inputs;
        // The one whose turn it was may have been the last of the list, and left.
        if self.turn.input >= open.len() {
            self.turn = Turn { input: 0, given: 0 };
        }
        let count = open.len();
        let (before, from) = open.split_at_mut(self.turn.input);
        Runs::new(from, before, |input, most| input.items(most), &mut self.turn, counted, limit, count)
    }

    fn settle(&mut self) -> u64 {
        self.inputs.settle()
    }

    /// Noted at the link whose turn it is.
    /// The input of a segment that is spawned alone is a source (E5).
    fn stop(&mut self) {
        self.inputs.stop();
    }

    fn cancel(&mut self) {
        self.inputs.cancel();
    }
}

/// A run over all inputs: of each what it has, at most `MOST` in its turn. Pulled item by item it comes to each input once; pulled as a
/// whole it goes round until there is no more.
struct Runs<'a, A, Tok, R, F> {
    /// The inputs it has not come to: first those from the one whose turn it is on, then those before it.
    from: &'a mut [AnyReceiver<A, Tok>],
    before: &'a mut [AnyReceiver<A, Tok>],
    /// The run of the input whose turn it is; `open` begins one.
    run: Option<R>,
    open: F,
    turn: &'a mut Turn,
    counted: &'a mut u64,
    /// How many items it may yet give.
    left: usize,
    count: usize,
    /// An input's run has begun.
    begun: bool,
}

impl<'a, A, Tok, R, F> Runs<'a, A, Tok, R, F>
where
    R: Iterator<Item = (A, Tok)>,
    F: FnMut(&'a mut AnyReceiver<A, Tok>, usize) -> R,
{
    fn new(
        from: &'a mut [AnyReceiver<A, Tok>],
        before: &'a mut [AnyReceiver<A, Tok>],
        open: F,
        turn: &'a mut Turn,
        counted: &'a mut u64,
        left: usize,
        count: usize,
    ) -> Self {
        Self { from, before, run: None, open, turn, counted, left, count, begun: false }
    }

    /// Begins the run of the next input.
    fn begin(&mut self) -> Option<()> {
        self.begun = true;
        if self.from.is_empty() {
            std::mem::swap(&mut self.from, &mut self.before);
        }
        let (input, rest) = std::mem::take(&mut self.from).split_first_mut()?;
        self.from = rest;
        self.run = Some((self.open)(input, MOST - self.turn.given));
        Some(())
    }
}

impl<'a, A, Tok, R, F> Iterator for Runs<'a, A, Tok, R, F>
where
    Tok: Token,
    R: Iterator<Item = (A, Tok)>,
    F: FnMut(&'a mut AnyReceiver<A, Tok>, usize) -> R,
{
    type Item = (A, Tok);

    #[inline]
    fn next(&mut self) -> Option<(A, Tok)> {
        if self.left == 0 {
            return None;
        }
        loop {
            if let Some(item) = self.run.as_mut().and_then(R::next) {
                self.left -= 1;
                self.turn.given += 1;
                if self.turn.given == MOST {
                    self.run = None;
                    self.turn.pass(self.count);
                }
                return Some(item);
            }
            if self.run.take().is_some() {
                self.turn.pass(self.count);
            }
            self.begin()?;
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }

    #[inline]
    fn fold<B, G: FnMut(B, (A, Tok)) -> B>(mut self, init: B, mut f: G) -> B {
        let mut folded = init;
        if self.begun {
            for item in self.by_ref() {
                folded = f(folded, item);
            }
            return folded;
        }
        let Self { from, before, turn, counted, mut left, count, .. } = self;
        // How many inputs in a row had nothing.
        let mut barren = 0;
        while left > 0 && barren < count {
            let input = match turn.input.checked_sub(before.len()) {
                Some(place) => &mut from[place],
                None => &mut before[turn.input],
            };
            folded = input.items(left.min(MOST - turn.given)).fold(folded, &mut f);
            let taken = input.settle();
            *counted += taken;
            let taken = usize::try_from(taken).unwrap_or(usize::MAX);
            left = left.saturating_sub(taken);
            turn.given += taken;
            barren = if taken == 0 { barren + 1 } else { 0 };
            if left > 0 || turn.given >= MOST {
                turn.pass(count);
            }
        }
        folded
    }
}
