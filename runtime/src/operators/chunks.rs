//! `chunks(n)`.

use std::sync::Arc;

use crate::stage::{At, Cut, Part, StageCell, Stream, Then};

/// The items in groups of `n`, as `Vec`s; the last may be shorter (`S2`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let pairs = pipeline! { iter(1..=5u32) -> chunks(2) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(pairs, [vec![1, 2], vec![3, 4], vec![5]]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: a group when it is full; at the end what is left, if anything
/// * pauses: with the task it is fused in
/// * finishes: with its input, after the rest
/// * stops early: never by itself
///
/// # Panics
/// When `n` is 0.
#[doc(alias = "grouped")]
#[inline]
#[track_caller]
pub fn chunks<A, H, P>(
    s: Stream<A, H, P>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, H, Then<P, Chunks<A>>> {
    let n = at.positive("`n`", n);
    at.holds(n);
    s.then(Chunks { stage: at.cell(), n, group: Vec::new(), passed: 0 })
}

/// The fused stage.
pub struct Chunks<A> {
    stage: Arc<StageCell>,
    n: usize,
    group: Vec<A>,
    passed: u64,
}

impl<A> Part<A> for Chunks<A> {
    type Out = Vec<A>;

    fn adapt<I: Iterator<Item = A>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = Vec<A>> {
        let Self { n, group, passed, .. } = self;
        Grouping { items, n: *n, group, passed, ended: cut.ended }
    }

    fn has_rest(&self) -> bool {
        !self.group.is_empty()
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}

/// A run, in groups. A type of its own, with no closure in it: a closure's type would hold the type of all stages above once more.
struct Grouping<'a, I, A> {
    items: I,
    n: usize,
    group: &'a mut Vec<A>,
    passed: &'a mut u64,
    ended: bool,
}

impl<A, I: Iterator<Item = A>> Iterator for Grouping<'_, I, A> {
    type Item = Vec<A>;

    fn next(&mut self) -> Option<Vec<A>> {
        while self.group.len() < self.n {
            match self.items.next() {
                Some(item) => self.group.push(item),
                None if self.ended && !self.group.is_empty() => break,
                None => return None,
            }
        }
        *self.passed += 1;
        let next = if self.ended { Vec::new() } else { Vec::with_capacity(self.n.min(self.group.len())) };
        Some(std::mem::replace(self.group, next))
    }
}
