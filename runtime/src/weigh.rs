use bytes::{Bytes, BytesMut};

/// How heavy an item is, for links that hold a number of bytes: `queue(bytes = 64KiB)`, and for `batch(…, bytes = …)`.
///
/// The weight is read once, when the item enters the link. A weight of 0 counts as 1 (`L1`), so a link can never hold an
/// endless number of items.
///
/// ```
/// use aqueduct::Weigh;
///
/// struct Picture { pixels: Vec<u8> }
///
/// impl Weigh for Picture {
///     fn weight(&self) -> usize { self.pixels.len() }
/// }
/// assert_eq!(Picture { pixels: vec![0; 12] }.weight(), 12);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no weight in bytes",
    label = "items of this type cannot be counted in bytes here",
    note = "implement `aqueduct::Weigh` for it, or give the limit as a number of items"
)]
pub trait Weigh {
    /// The item's weight, in bytes.
    fn weight(&self) -> usize;
}

macro_rules! weigh_by_len {
    ($($type:ty),*) => {
        $(impl Weigh for $type {
            fn weight(&self) -> usize {
                self.len()
            }
        })*
    };
}

weigh_by_len!(
    String,
    str,
    [u8],
    Vec<u8>,
    Box<[u8]>,
    Box<str>,
    Bytes,
    BytesMut,
    std::sync::Arc<[u8]>,
    std::sync::Arc<str>
);

impl<const N: usize> Weigh for [u8; N] {
    fn weight(&self) -> usize {
        N
    }
}

impl<T: Weigh + ?Sized> Weigh for &T {
    fn weight(&self) -> usize {
        (**self).weight()
    }
}
