//! `write(async_write)`.

use tokio::io::AsyncWrite;

use crate::Token;
use crate::connectors::write_all;
use crate::stage::{At, Closed, Direct, Head, Stream, Told, Worker};

/// Writes each item's bytes, and gives the number of bytes written.
///
/// It flushes whenever nothing waits to be written, and at the end, where it also shuts the writer down, so that compressors and
/// sockets end properly. A write that fails (a broken pipe, a reset connection) fails the pipeline. The
/// token of an item is done after the flush that covers it.
///
/// # Cancel safety
/// At `finish()` all that was taken is written, flushed and shut down before the run ends: a file is whole, an archive has its end. On failure
/// or abort a write in progress is dropped: part of an item may have been written, what a writer buffers may be lost, and nothing is shut
/// down.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut file = Vec::new();
/// let written = pipeline! { iter(["one ", "two"]) -> write(&mut file) }.run_local().await?;
/// assert_eq!((written, &file[..]), (7, &b"one two"[..]));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the number of bytes, a `u64`
/// * pauses: while a write waits it takes nothing; its own link then fills and pauses
/// * finishes: with its input, after the flush
/// * stops early: never by itself
#[doc(alias = "write_all")]
#[doc(alias = "copy")]
pub fn write<A, Tok, H, W>(
    s: Stream<A, Tok, H, Direct>,
    writer: W,
    at: At<'_, '_>,
) -> Closed<u64, Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H, W>>>
where
    H: Head<Item = (A, Tok)>,
    A: AsRef<[u8]>,
    Tok: Token,
    W: AsyncWrite,
{
    s.worker(at, move |input, out| write_all(input, writer, out))
}
