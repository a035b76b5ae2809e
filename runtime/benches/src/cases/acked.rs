//! What it costs to ask what becomes of items: a source whose items share an [`Ack`] in frames, as the messages of a broker do, against the same source
//! that does not ask.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aqueduct::{Ack, AckSource, BoxError, Source, Verdict, pipeline};
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

/// So many items come together.
const FRAME: u64 = 128;

pub fn cases() -> Vec<Case> {
    let case = |name, asked, unasked| Case {
        name,
        against: "nobody asks",
        wanted: None,
        workers: 0,
        ours: Side::new(asked, 1_000_000),
        theirs: Side::new(unasked, 1_000_000),
    };
    vec![case("acked: fused", fused_asked, fused_unasked), case("acked: one queue", queued_asked, queued_unasked)]
}

/// Numbers, which nobody asks about.
struct Unasked(Range<u64>);

impl Source for Unasked {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        Ok(self.0.next())
    }
}

/// Numbers in frames.
struct Asked {
    numbers: Range<u64>,
    /// Of the frame that is being given.
    frame: Ack,
    /// Of how many frames all items are done.
    done: Arc<AtomicU64>,
}

impl AckSource for Asked {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<(u64, Ack)>, BoxError> {
        let Some(number) = self.numbers.next() else {
            std::mem::take(&mut self.frame).done();
            return Ok(None);
        };
        if number % FRAME == 0 {
            let done = Arc::clone(&self.done);
            let frame = Ack::new(move |verdict| {
                done.fetch_add(u64::from(verdict == Verdict::Done), Ordering::Relaxed);
            });
            std::mem::replace(&mut self.frame, frame).done();
        }
        Ok(Some((number, self.frame.split())))
    }
}

/// Runs `run` with a source that asks, which must be told of all items that they are done.
fn asked(items: u64, run: impl FnOnce(Asked) -> u64) -> u64 {
    let done = Arc::default();
    let sum = run(Asked { numbers: 0..items, frame: Ack::none(), done: Arc::clone(&done) });
    assert_eq!(done.load(Ordering::Relaxed), items.div_ceil(FRAME), "frames of which all items are done");
    sum
}

fn fused_asked(runtime: &Runtime, items: u64) -> u64 {
    asked(items, |source| fuse_asked(runtime, source))
}

fn fused_unasked(runtime: &Runtime, items: u64) -> u64 {
    fuse_unasked(runtime, Unasked(0..items))
}

fn queued_asked(runtime: &Runtime, items: u64) -> u64 {
    asked(items, |source| queue_asked(runtime, source))
}

fn queued_unasked(runtime: &Runtime, items: u64) -> u64 {
    queue_unasked(runtime, Unasked(0..items))
}

/// The pipelines over a source of one kind; a macro, since the two kinds have no trait in common. The sink is done with each item, where a `fold` would be
/// done with all of them at the end.
macro_rules! pipelines {
    ($source:ty: $fuse:ident, $queue:ident) => {
        fn $fuse(runtime: &Runtime, source: $source) -> u64 {
            let sum = Sum::default();
            let end = sum.clone();
            let run = pipeline! {
                from(source) -> map(|n| black_box(n) + 1) -> map(|n| n ^ 3) -> for_each(move |n| end.add(n))
            };
            runtime.block_on(run.run()).expect("an end");
            sum.get()
        }

        fn $queue(runtime: &Runtime, source: $source) -> u64 {
            let sum = Sum::default();
            let end = sum.clone();
            let run = pipeline! {
                from(source) -> map(|n| black_box(n) + 1) -> queue(1024) -> map(|n| n ^ 3) -> for_each(move |n| end.add(n))
            };
            runtime.block_on(async { tokio::spawn(run.run()).await }).expect("a task").expect("an end");
            sum.get()
        }
    };
}

pipelines!(Asked: fuse_asked, queue_asked);
pipelines!(Unasked: fuse_unasked, queue_unasked);

/// What one task adds up.
#[derive(Clone, Default)]
struct Sum(Arc<AtomicU64>);

impl Sum {
    fn add(&self, n: u64) {
        self.0.store(self.get().wrapping_add(n), Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
