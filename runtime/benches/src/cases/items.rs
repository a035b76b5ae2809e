//! What flows: a number, a struct of 64 bytes, a text, a chunk.

use std::hint::black_box;
use std::sync::LazyLock;

use bytes::Bytes;

/// What the stages of a job do with an item.
pub trait Item: Sized + Send + 'static {
    fn make(n: u64) -> Self;

    /// The first map. It hides the item from the optimiser.
    fn first(self) -> Self {
        black_box(self)
    }

    /// The second map.
    fn second(self) -> Self {
        self
    }

    /// The sum with this item.
    fn add_to(sum: u64, item: Self) -> u64;
}

impl Item for u64 {
    fn make(n: u64) -> Self {
        n
    }

    fn first(self) -> Self {
        black_box(self) + 1
    }

    fn second(self) -> Self {
        self ^ 3
    }

    fn add_to(sum: u64, item: Self) -> u64 {
        sum.wrapping_add(item)
    }
}

/// A struct of 64 bytes.
pub struct Wide([u64; 8]);

impl Item for Wide {
    fn make(n: u64) -> Self {
        Self([n; 8])
    }

    fn first(mut self) -> Self {
        self.0[0] = black_box(self.0[0]) + 1;
        self
    }

    fn second(mut self) -> Self {
        self.0[7] ^= 3;
        self
    }

    fn add_to(sum: u64, item: Self) -> u64 {
        item.0.iter().fold(sum, |sum, n| sum.wrapping_add(*n))
    }
}

/// A text with memory of its own.
impl Item for String {
    fn make(n: u64) -> Self {
        let mut text = Self::with_capacity(32);
        text.extend((0..16).map(|digit| char::from(b'a' + (n >> (digit * 4) & 15) as u8)));
        text
    }

    fn first(mut self) -> Self {
        black_box(&mut self).push('!');
        self
    }

    fn second(mut self) -> Self {
        self.make_ascii_uppercase();
        self
    }

    fn add_to(sum: u64, item: Self) -> u64 {
        item.bytes().fold(sum, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
    }
}

const CHUNK: usize = 64 * 1024;

fn middle(chunk: &Bytes) -> u64 {
    chunk.len() as u64 * u64::from(chunk[CHUNK / 2])
}

/// A chunk of 64 KiB as a reader makes it: memory of its own, filled.
pub struct Filled(Bytes);

/// A chunk of 64 KiB that is part of what many have.
pub struct Shared(Bytes);

impl Item for Filled {
    fn make(n: u64) -> Self {
        Self(Bytes::from(vec![n as u8 | 1; CHUNK]))
    }

    fn add_to(sum: u64, item: Self) -> u64 {
        sum.wrapping_add(middle(&item.0))
    }
}

impl Item for Shared {
    fn make(_: u64) -> Self {
        static ALL: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![1; CHUNK]));
        Self(ALL.clone())
    }

    fn add_to(sum: u64, item: Self) -> u64 {
        sum.wrapping_add(middle(&item.0))
    }
}
