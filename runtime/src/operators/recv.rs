//! `recv(rx)`.

use tokio::sync::mpsc::Receiver;

use crate::connectors::{StreamHead, receive};
use crate::stage::{At, Direct, Stream};

/// The messages of a tokio `mpsc::Receiver`.
///
/// The receiver is read only while there is room below (`L6`), so a full pipeline makes the channel's senders wait. When the stream
/// stops early, the receiver is dropped and sends fail.
///
/// # Cancel safety
/// At `finish()` and on failure a wait for a message is dropped; it has then taken none. Messages that were taken come out at `finish()`; those still in
/// the channel are dropped with the receiver, and senders that wait get theirs back.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::pipeline;
///
/// let (sender, receiver) = tokio::sync::mpsc::channel(4);
/// let sum = pipeline! { recv(receiver) -> fold(0, |sum, n: u32| sum + n) }.spawn();
/// sender.send(3).await?;
/// drop(sender);
/// assert_eq!(sum.await?, 3);
/// # Ok(())
/// # }
/// ```
///
/// * emits: each message, in order
/// * pauses: when the link below is paused; it then takes nothing
/// * finishes: when all senders are gone and the channel is empty
/// * stops early: when downstream is satisfied, and at `finish()`
#[doc(alias = "channel")]
pub fn recv<T>(
    receiver: Receiver<T>,
    at: At<'_, '_>,
) -> Stream<T, (), StreamHead<impl futures_core::Stream<Item = T> + use<T>, T>, Direct> {
    Stream::source(StreamHead::new(receive(receiver), &at))
}
