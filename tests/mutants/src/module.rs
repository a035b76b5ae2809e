//! The switches of mutants: see `tests/mutants`.
#![allow(missing_docs, dead_code, unreachable_pub, clippy::all, reason = "not part of the crate")]

use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

static CHOSEN: LazyLock<usize> =
    LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0));
static REACHED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MUTANTS_REACHED").ok());
static KNOWN: [AtomicBool; 8192] = [const { AtomicBool::new(false) }; 8192];

/// Whether the mutant is on. Without one, notes in the file `MUTANTS_REACHED` that its place was come to.
#[inline]
pub fn on(mutant: usize) -> bool {
    if let Some(file) = &*REACHED
        && !KNOWN[mutant].swap(true, Ordering::Relaxed)
    {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).expect("a file can be written");
        file.write_all(format!("{mutant}\n").as_bytes()).expect("a file can be written");
    }
    *CHOSEN == mutant
}

/// An iterator that a mutant has made empty, or as it is.
pub enum Items<I> {
    Gone,
    There(I),
}

impl<I: Iterator> Iterator for Items<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        match self {
            Self::Gone => None,
            Self::There(items) => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Gone => (0, Some(0)),
            Self::There(items) => items.size_hint(),
        }
    }

    fn fold<B, F: FnMut(B, I::Item) -> B>(self, init: B, f: F) -> B {
        match self {
            Self::Gone => init,
            Self::There(items) => items.fold(init, f),
        }
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Items<I> {}
