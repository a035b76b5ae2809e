//! Bytes as decisions.

/// Decides by one byte after the other, so that a fuzzer that changes a byte changes one decision. When they are used up every
/// decision is the first: what is made of them comes to an end.
pub(super) struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let mut byte = || usize::from(self.bytes.next().copied().unwrap_or(0));
        let number = if end <= 256 { byte() } else { byte() << 8 | byte() };
        number % end
    }

    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
