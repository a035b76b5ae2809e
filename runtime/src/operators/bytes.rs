//! `bytes(async_read, chunk = 64KiB)`.

use std::io;

use bytes::Bytes;
use tokio::io::AsyncRead;

use crate::connectors::{StreamHead, chunks_of};
use crate::stage::{At, Direct, Stream};

/// What a reader gives, as `io::Result<Bytes>`: chunks of at most `chunk` bytes (default 64 KiB), as they are read.
///
/// An error is the last item.
///
/// # Cancel safety
/// At `finish()` and on failure a read in progress is dropped; with tokio's readers it has then read nothing. Each chunk that was read comes
/// out at `finish()`, so of a reader that is lent (`bytes(&mut reader)`) the next byte is the one after them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let text = "one and two".as_bytes();
/// let sizes = pipeline! { bytes(text, chunk = 4B)? -> map(|chunk| chunk.len()) -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(sizes, [4, 4, 3]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each chunk, in order
/// * pauses: when the link below is paused; it then takes nothing, so the reader waits too
/// * finishes: at the end of the input, or after an error
/// * stops early: when downstream is satisfied, and at `finish()`
///
/// # Panics
/// When `chunk` is 0.
#[doc(alias = "read")]
#[track_caller]
pub fn bytes<R: AsyncRead>(
    reader: R,
    chunk: usize,
    at: At<'_, '_>,
) -> Stream<
    io::Result<Bytes>,
    (),
    StreamHead<impl futures_core::Stream<Item = io::Result<Bytes>> + use<R>, io::Result<Bytes>>,
    Direct,
> {
    let chunk = at.positive("`chunk`", chunk);
    Stream::source(StreamHead::new(chunks_of(reader, chunk), &at))
}
