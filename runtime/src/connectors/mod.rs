//! Where pipelines meet the rest of the program: iterators, streams, channels, readers and writers, and the user's own types.

mod ack_source;
mod blocking;
mod channel;
mod emitter;
mod inlet;
mod io;
mod iter;
mod outlet;
mod segment;
mod sink;
mod source;
mod stream;
mod transform;

pub use ack_source::AckSource;
pub use blocking::Blocking;
pub(crate) use channel::{forward, receive};
pub use emitter::Emitter;
pub(crate) use inlet::entrance;
pub use inlet::{Closed, Inlet, InletSource, TrySendError, inlet};
pub(crate) use io::{chunks_of, lines_of, write_all, write_lines};
pub use iter::Iter;
pub use outlet::Outlet;
pub use segment::{entry, sink_segment, source_segment, transform_segment};
pub use sink::{IntoSink, Sink};
pub(crate) use source::head;
pub use source::{IntoSource, Source};
pub use stream::StreamHead;
pub use transform::Transform;
