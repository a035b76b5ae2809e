//! `reduce(f)`.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::{BoxError, PipelineError};
use crate::stage::{At, Chain, Closed, Consumer, Guard, Out, StageCell, Stream, Taken};

/// One item out of all items: `f` takes the one so far, which is the first to begin with, and the next, and gives the one from then on.
///
/// `reduce(f)?` fails the pipeline at the first `Err` of `f`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let largest = pipeline! { iter([3u32, 7, 5]) -> reduce(|a, b| a.max(b)) }.run().await?;
/// assert_eq!(largest, Some(7));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is an `Option`, `None` if no item came
/// * pauses: never
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "fold_first")]
#[inline]
pub fn reduce<A, H, P, F: FnMut(A, A) -> A>(
    s: Stream<A, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, Reduce<A, F>>> {
    let stage = at.cell();
    s.sink(at, |out| Reduce { stage, f, value: None, out })
}

/// The fused sink.
pub struct Reduce<A, F> {
    stage: Arc<StageCell>,
    f: F,
    /// Gone before the first item, while a run is being reduced, and after a panic in it.
    value: Option<A>,
    out: Out<Option<A>>,
}

impl<A, F: FnMut(A, A) -> A> Consumer<A> for Reduce<A, F> {
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn consume<I: Iterator<Item = A>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, .. } = self;
        // For a run the value is a local, which the compiler can keep in a register.
        if let Some(start) = value.take().or_else(|| items.next()) {
            *value = Some(items.fold(start, |value, item| {
                let guard = Guard::new(stage);
                let next = f(value, item);
                guard.passed();
                next
            }));
        }
        Ok(Taken::All)
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(self.value.take());
        Poll::Ready(Ok(()))
    }
}

/// `reduce(f)?`; see [`reduce`](self).
#[inline]
pub fn tried<A, E, H, P, F>(
    s: Stream<A, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Closed<Option<A>, Chain<H, P, TryReduce<A, F>>>
where
    E: Into<BoxError>,
    F: FnMut(A, A) -> Result<A, E>,
{
    let stage = at.cell();
    s.sink(at, |out| TryReduce { stage, f, value: None, out })
}

/// The fused sink whose function may fail.
pub struct TryReduce<A, F> {
    stage: Arc<StageCell>,
    f: F,
    value: Option<A>,
    out: Out<Option<A>>,
}

impl<A, E: Into<BoxError>, F: FnMut(A, A) -> Result<A, E>> Consumer<A> for TryReduce<A, F> {
    #[inline(always)]
    fn consume<I: Iterator<Item = A>>(&mut self, mut items: I) -> Result<Taken, PipelineError> {
        let Self { stage, f, value, .. } = self;
        let Some(start) = value.take().or_else(|| items.next()) else { return Ok(Taken::All) };
        let reduced = items.try_fold(start, |value, item| {
            let guard = Guard::new(stage);
            let next = f(value, item);
            guard.passed();
            next
        });
        match reduced {
            Ok(next) => {
                *value = Some(next);
                Ok(Taken::All)
            }
            Err(cause) => {
                let guard = Guard::new(stage);
                let cause = cause.into();
                guard.passed();
                Err(PipelineError::failed(stage.name(), cause))
            }
        }
    }

    fn settle(&mut self, items: u64) {
        self.stage.add_in(items);
    }

    fn poll_finish(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PipelineError>> {
        self.out.set(self.value.take());
        Poll::Ready(Ok(()))
    }
}
