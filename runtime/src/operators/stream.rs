//! `stream(stream)`.

use crate::connectors::StreamHead;
use crate::stage::{At, Direct, Stream};

/// The items of a futures `Stream`; it may borrow, and need not be `Send` under `run_local`.
///
/// The stream is polled only while there is room below (`L6`) and never after its end (`E4`). `finish()` drops it.
///
/// # Cancel safety
/// At `finish()` and on failure the stream is dropped while it waits, as with `tokio::select!`: it must be cancel safe, as the framed readers of
/// tokio-util and the receivers of tokio are. Each item it gave comes out at `finish()`; of a stream that is lent (`stream(&mut items)`) the next item is
/// the one after them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let words = futures_util::stream::iter(["a", "b"]);
/// let joined = pipeline! { stream(words) -> fold(String::new(), |all, word| all + word) }.run().await?;
/// assert_eq!(joined, "ab");
/// # Ok(())
/// # }
/// ```
///
/// * emits: each item of the stream, in order
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: when the stream does
/// * stops early: when downstream is satisfied, and at `finish()`
#[doc(alias = "from_stream")]
pub fn stream<S: futures_core::Stream<Item = A>, A>(
    stream: S,
    at: At<'_, '_>,
) -> Stream<A, (), StreamHead<S, A>, Direct> {
    Stream::source(StreamHead::new(stream, &at))
}
