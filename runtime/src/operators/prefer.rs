//! `prefer(first, second)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::merge::MOST;
use crate::link::{AnyReceiver, Either};
use crate::stage::{At, Counted, Direct, Head, Inputs, StageCell, Stream};
use crate::{PipelineError, Token};

/// Two streams, the first preferred: an item of the second comes when the first has none.
///
/// So that the second does not starve, one of it comes also after 64 items of the first in a row, if one is there (`F3`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (urgent, rest) = (vec!["stop"], vec!["tidy", "file"]);
/// let mut done = pipeline! { prefer(iter(urgent), iter(rest)) -> collect::<Vec<_>>() }.run().await?;
/// done.sort();
/// assert_eq!(done, ["file", "stop", "tidy"]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item of both inputs
/// * pauses: when its output is paused; the links of its inputs then fill and pause
/// * finishes: when both its inputs have
/// * stops early: when downstream is satisfied; both inputs are cancelled
///
/// # Panics
/// When it is not two inputs; the macro sees to that.
#[doc(alias = "merge_preferred")]
#[doc(alias = "merge_prioritized")]
#[doc(alias = "select_biased")]
#[track_caller]
pub fn prefer<A, Tok: Token>(inputs: Inputs<A, Tok>, at: At<'_, '_>) -> Stream<A, Tok, Prefer<A, Tok>, Direct> {
    let stage = at.cell();
    let Ok([first, second]) = <[_; 2]>::try_from(inputs.joined(&at).open) else {
        panic!("stage `{}`: it takes two inputs", stage.name())
    };
    Stream::source(Prefer { first, second, row: 0, stage })
}

/// The head of the fan-in's task.
pub struct Prefer<A, Tok> {
    first: AnyReceiver<A, Tok>,
    second: AnyReceiver<A, Tok>,
    /// So many items of the first have come in a row.
    row: u64,
    stage: Arc<StageCell>,
}

impl<A, Tok: Token> Head for Prefer<A, Tok> {
    type Item = (A, Tok);

    fn poll_items(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, PipelineError>> {
        // The first look costs the producers nothing: they need not wake a task that has work.
        if self.first.ready(1) > 0 || self.second.ready(1) > 0 {
            return Poll::Ready(Ok(true));
        }
        match (self.first.poll_items(cx)?, self.second.poll_items(cx)?) {
            (Poll::Ready(true), _) | (_, Poll::Ready(true)) => Poll::Ready(Ok(true)),
            (Poll::Ready(false), Poll::Ready(false)) => Poll::Ready(Ok(false)),
            _ => Poll::Pending,
        }
    }

    #[inline]
    fn items(&mut self, limit: usize) -> impl Iterator<Item = (A, Tok)> {
        let Self { first, second, row, .. } = self;
        if *row >= MOST as u64 && limit > 0 {
            if second.ready(1) > 0 {
                return Either::Right(Meanwhile { first: None, items: second.items(1) });
            }
            *row = 0;
        }
        if first.ready(1) > 0 {
            let most = MOST.saturating_sub(usize::try_from(*row).unwrap_or(MOST));
            return Either::Left(first.items(limit.min(most)));
        }
        Either::Right(Meanwhile { first: Some(first), items: second.items(limit) })
    }

    fn settle(&mut self) -> u64 {
        let (first, second) = (self.first.settle(), self.second.settle());
        self.row = if second > 0 { 0 } else { self.row + first };
        self.stage.add_in(first + second);
        self.stage.add_out(first + second);
        first + second
    }

    /// Noted at the link that has given last.
    /// The input of a segment that is spawned alone is a source (E5).
    fn stop(&mut self) {
        self.first.stop();
        self.second.stop();
    }

    fn cancel(&mut self) {
        self.first.cancel();
        self.second.cancel();
    }
}

/// A run of the second input, which ends as soon as the first has something.
struct Meanwhile<'a, A, Tok, I> {
    first: Option<&'a mut AnyReceiver<A, Tok>>,
    items: I,
}

impl<A, Tok: Token, I: Iterator<Item = (A, Tok)>> Iterator for Meanwhile<'_, A, Tok, I> {
    type Item = (A, Tok);

    #[inline]
    fn next(&mut self) -> Option<(A, Tok)> {
        if self.first.as_mut().is_some_and(|first| first.ready(1) > 0) { None } else { self.items.next() }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.items.size_hint().1)
    }
}
