//! `dedup_by_key(f)`.

use std::sync::Arc;

use crate::Token;
use crate::stage::{At, Cut, Guard, Part, StageCell, Stream, Then, paired};

/// The items without repetitions of a key in a row, as [`Vec::dedup_by_key`]: each whose key equals that of the one that passed last is dropped.
///
/// No item is held back: it passes at once, and the stage keeps its key.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let changes = pipeline! { iter([10u32, 11, 20, 12]) -> dedup_by_key(|n| n / 10) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(changes, [10, 20, 12]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item whose key differs from that of the one emitted before it, in order
/// * pauses: with the task it is fused in
/// * finishes: with its input
/// * stops early: never by itself
#[doc(alias = "distinct_until_key_changed")]
#[inline]
pub fn dedup_by_key<A, K: PartialEq, Tok, H, P, F: FnMut(&A) -> K>(
    s: Stream<A, Tok, H, P>,
    f: F,
    at: At<'_, '_>,
) -> Stream<A, Tok, H, Then<P, DedupByKey<K, F>>> {
    s.then(DedupByKey { stage: at.cell(), f, last: None, passed: 0 })
}

/// The fused stage.
pub struct DedupByKey<K, F> {
    stage: Arc<StageCell>,
    f: F,
    /// The key of the item that passed last.
    last: Option<K>,
    passed: u64,
}

impl<K: PartialEq, F> DedupByKey<K, F> {
    /// What is done for each item. Not in `adapt`, where the closure's type would hold the type of all stages above once more.
    #[inline(always)]
    fn each<A>(&mut self) -> impl FnMut(&A) -> bool
    where
        F: FnMut(&A) -> K,
    {
        let Self { stage, f, last, passed } = self;
        move |item| {
            let guard = Guard::new(stage);
            let key = Some(f(item));
            let differs = *last != key;
            if differs {
                *last = key;
            }
            guard.passed();
            *passed += u64::from(differs);
            differs
        }
    }
}

impl<A, K: PartialEq, F: FnMut(&A) -> K, Tok: Token> Part<(A, Tok)> for DedupByKey<K, F> {
    type Out = (A, Tok);
    const TAKES_ALL: bool = true;

    #[inline(always)]
    fn adapt<I: Iterator<Item = (A, Tok)>>(&mut self, items: I, _: Cut) -> impl Iterator<Item = (A, Tok)> {
        items.filter_map(paired::keep(self.each()))
    }

    fn settle(&mut self, taken: u64) -> u64 {
        let passed = std::mem::take(&mut self.passed);
        self.stage.add_in(taken);
        self.stage.add_out(passed);
        passed
    }
}
