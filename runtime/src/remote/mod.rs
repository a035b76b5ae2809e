//! A queue of the pipeline that a broker keeps, so that what is above it and what is below may be different processes.
//!
//! A [`RemoteQueue`] names the queue and sets it up: [`in_memory`] for one in this process, and with the feature `jetstream` one on NATS JetStream. Its two
//! halves are a [`Publisher`] and a [`Consumer`]. [`Codec`] says how items become bytes, and [`Broker`] what another engine would have to give.
//!
//! ```
//! use aqueduct::remote::in_memory;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aqueduct::remote::RemoteError> {
//! let orders = in_memory("orders").per_message(4).run("monday");
//! let mut publisher = orders.publisher(64, 32).await?;
//! for order in 0..10u32 {
//!     publisher.ready().await?;
//!     publisher.push(&order)?;
//! }
//! publisher.finish().await?;
//!
//! let mut consumer = orders.consumer::<u32>(64, 32).await?;
//! let mut sum = 0;
//! while let Some(frame) = consumer.next().await? {
//!     sum += frame.items.iter().sum::<u32>();
//!     frame.handle.done();
//! }
//! assert_eq!(sum, 45);
//! # Ok(())
//! # }
//! ```

// To read: the README of this folder, with an example and the numbered invariants; then frame, broker, publisher, consumer; then an engine.

mod broker;
mod codec;
mod consumer;
mod cut;
mod dead;
mod error;
mod frame;
mod gauge;
#[cfg(feature = "jetstream")]
mod jetstream;
mod memory;
mod mend;
mod options;
mod publisher;
mod retry;
#[cfg(test)]
mod tests;

pub use self::broker::{
    ASK_LASTS, Answer, Arrival, Broker, Delivery, Inbox, Lane, Level, Message, Over, Progress, Record, Settle,
};
pub use self::codec::{Codec, Json, Postcard};
pub use self::consumer::{Consumer, Handle, Received, ReceivedFrame};
pub use self::cut::{Portable, RemoteReceiver, RemoteSender};
#[doc(hidden)]
pub use self::cut::{capacity, cut, fetch, publish};
pub use self::dead::{DeadLetter, DeadLetters};
pub use self::error::RemoteError;
pub use self::gauge::{Gauge, QueueFigures, QueueLevel};
#[cfg(feature = "jetstream")]
#[cfg_attr(docsrs, doc(cfg(feature = "jetstream")))]
pub use self::jetstream::{JetStream, JetStreamInbox, OnExisting, Storage, jetstream};
pub use self::memory::{MemoryBroker, MemoryInbox, in_memory};
pub use self::options::{Layout, RemoteQueue};
pub use self::publisher::{Change, Publisher, Reason, Sent};
