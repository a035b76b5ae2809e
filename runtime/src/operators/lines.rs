//! `lines(async_read, max = 1MiB)`.

use std::io;

use tokio::io::AsyncRead;

use crate::connectors::{StreamHead, lines_of};
use crate::stage::{At, Direct, Stream};

/// The lines of a reader, as `io::Result<String>`, without their ends (`\n` or `\r\n`).
///
/// `max` is the longest line, in bytes; default 1 MiB. A longer line, and one that is not UTF-8, is an error of kind `InvalidData` in
/// its place, after which the next line follows; an error of the reader is the last item. `?` fails the pipeline at the first
/// error, `match` treats each. The last line needs no end.
///
/// # Cancel safety
/// At `finish()` and on failure a line that is being read is lost, and what was read ahead of it, up to 8 KiB: also of a reader that is
/// lent (`lines(&mut reader)`). Each line that it gave comes out whole at `finish()`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let text = "one\ntwo\n".as_bytes();
/// let lines = pipeline! { lines(text)? -> collect::<Vec<_>>() }.run().await?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each line, in order
/// * pauses: when the link below is paused; it then takes nothing, so the reader waits too
/// * finishes: at the end of the input, or after an error of the reader
/// * stops early: when downstream is satisfied, and at `finish()`
///
/// # Panics
/// When `max` is 0.
#[track_caller]
pub fn lines<R: AsyncRead>(
    reader: R,
    max: usize,
    at: At<'_, '_>,
) -> Stream<
    io::Result<String>,
    (),
    StreamHead<impl futures_core::Stream<Item = io::Result<String>> + use<R>, io::Result<String>>,
    Direct,
> {
    let max = at.positive("`max`", max);
    Stream::source(StreamHead::new(lines_of(reader, max), &at))
}
