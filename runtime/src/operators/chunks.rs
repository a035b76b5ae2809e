//! `chunks(n)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Group, Part, StageCell, Stream, Then};

/// The items in groups of `n`, as `Vec`s; the last may be shorter (`S2`), and so is one with an item that a remote queue tries alone: that is the last of its
/// group. The tokens of a group are joined into one.
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
pub fn chunks<A, Tok: Token, H, P>(
    s: Stream<A, Tok, H, P>,
    n: usize,
    mut at: At<'_, '_>,
) -> Stream<Vec<A>, Tok, H, Then<P, Chunks<A, Tok>>> {
    let n = at.positive("`n`", n);
    at.holds(n);
    s.then(Chunks { stage: at.cell(), n, group: Group::new(), passed: 0 })
}

/// The fused stage.
pub struct Chunks<A, Tok: Token> {
    stage: Arc<StageCell>,
    n: usize,
    group: Group<A, Tok>,
    passed: u64,
}

impl<A, Tok: Token> Part<(A, Tok)> for Chunks<A, Tok> {
    type Out = (Vec<A>, Tok);

    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, cut: Cut) -> impl Iterator<Item = (Vec<A>, Tok)> {
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
struct Grouping<'a, I, A, Tok: Token> {
    items: I,
    n: usize,
    group: &'a mut Group<A, Tok>,
    passed: &'a mut u64,
    ended: bool,
}

impl<A, Tok: Token, I: Iterator<Item = (A, Tok)>> Iterator for Grouping<'_, I, A, Tok> {
    type Item = (Vec<A>, Tok);

    fn next(&mut self) -> Option<(Vec<A>, Tok)> {
        while self.group.len() < self.n && !self.group.is_awaited() {
            match self.items.next() {
                Some(item) => self.group.push(item),
                None if self.ended && !self.group.is_empty() => break,
                None => return None,
            }
        }
        *self.passed += 1;
        Some(self.group.take_before(if self.ended { 0 } else { self.group.len() }))
    }
}
