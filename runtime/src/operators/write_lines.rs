//! `write_lines(async_write)`.

use tokio::io::AsyncWrite;

use crate::Token;
use crate::connectors::write_lines as write;
use crate::stage::{At, Closed, Direct, Head, Stream, Told, Worker};

/// Writes each item as a line (its `Display`, then `\n`), and gives the number of lines.
///
/// Each line is one write, so a writer for which a write is dear (a file, a socket) goes into a `tokio::io::BufWriter` first. It
/// flushes whenever nothing waits to be written, and at the end, where it also shuts the writer down. A write that fails fails the
/// pipeline. The token of an item is done after the flush that covers it.
///
/// # Cancel safety
/// At `finish()` each item that was taken is a whole line, flushed and shut down before the run ends. On failure or abort a write in
/// progress is dropped: part of a line may have been written, and nothing is shut down.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let mut file = Vec::new();
/// let lines = pipeline! { iter([1, 2]) -> write_lines(&mut file) }.run_local().await?;
/// assert_eq!((lines, &file[..]), (2, &b"1\n2\n"[..]));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the number of lines, a `u64`
/// * pauses: while a write waits it takes nothing; its own link then fills and pauses
/// * finishes: with its input, after the flush
/// * stops early: never by itself
pub fn write_lines<A, Tok, H, W>(
    s: Stream<A, Tok, H, Direct>,
    writer: W,
    at: At<'_, '_>,
) -> Closed<u64, Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H, W>>>
where
    H: Head<Item = (A, Tok)>,
    A: std::fmt::Display,
    Tok: Token,
    W: AsyncWrite,
{
    s.worker(at, move |input, out| write(input, writer, out))
}
