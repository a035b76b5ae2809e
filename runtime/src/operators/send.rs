//! `send(tx)`.

use tokio::sync::mpsc::Sender;

use crate::Token;
use crate::connectors::forward;
use crate::stage::{At, Closed, Direct, Head, Stream, Told, Worker};

/// Sends each item into a tokio `mpsc::Sender`, and gives the number of items delivered.
///
/// When nobody receives any more, the sink is satisfied (`S3`): the pipeline ends well, and its output says how far it came. An item that was taken
/// from the link and found nobody is dropped. The token of an item is done when the channel has the item.
///
/// # Cancel safety
/// The item in hand waits for a place in the channel. At `finish()` all that was taken is delivered; on failure or abort the item in hand is
/// dropped, and what is in the channel stays there.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sender, mut receiver) = tokio::sync::mpsc::channel(8);
/// let delivered = pipeline! { iter(1..=3u32) -> send(sender) }.run().await?;
/// assert_eq!((delivered, receiver.recv().await), (3, Some(1)));
/// # Ok(())
/// # }
/// ```
///
/// * emits: nothing; its output is the number of items delivered, a `u64`
/// * pauses: while the channel is full it takes nothing; its own link then fills and pauses
/// * finishes: with its input; the sender is dropped then
/// * stops early: when the receiver is closed or dropped, without waiting for another item
#[doc(alias = "channel")]
pub fn send<A, Tok, H>(
    s: Stream<A, Tok, H, Direct>,
    sender: Sender<A>,
    at: At<'_, '_>,
) -> Closed<u64, Worker<impl Future<Output = Result<(), Told>> + use<A, Tok, H>>>
where
    Tok: Token,
    H: Head<Item = (A, Tok)>,
{
    s.worker(at, move |input, out| forward(input, sender, out))
}
