//! What a segment wires itself with: the types that the hidden `wire` of [`Source`](crate::Source), [`Transform`](crate::Transform) and
//! [`Sink`](crate::Sink) names. Not for people yet: it changes without notice.

pub use crate::link::AnyReceiver;
pub use crate::stage::{At, Direct, Head, Out, Role, StageSpec, Stream};
