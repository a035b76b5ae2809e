//! [`batch`]: operators::batch()
//! [`bytes`]: operators::bytes()
//! [`chunks`]: operators::chunks()
//! [`collect`]: operators::collect()
//! [`count`]: operators::count()
//! [`dedup`]: operators::dedup()
//! [`dedup_by_key`]: operators::dedup_by_key()
//! [`discard`]: operators::discard()
//! [`enumerate`]: operators::enumerate()
//! [`filter`]: operators::filter()
//! [`filter_map`]: operators::filter_map()
//! [`first`]: operators::first()
//! [`flat_map`]: operators::flat_map()
//! [`flatten`]: operators::flatten()
//! [`fold`]: operators::fold()
//! [`for_each`]: operators::for_each()
//! [`for_each_async`]: operators::for_each_async()
//! [`from`]: operators::from()
//! [`inspect`]: operators::inspect()
//! [`interval`]: operators::interval()
//! [`into`]: operators::into()
//! [`iter`]: operators::iter()
//! [`iter_blocking`]: operators::iter_blocking()
//! [`last`]: operators::last()
//! [`lines`]: operators::lines()
//! [`map`]: operators::map()
//! [`map_async`]: operators::map_async()
//! [`map_while`]: operators::map_while()
//! [`once`]: operators::once()
//! [`queue`]: operators::queue()
//! [`recv`]: operators::recv()
//! [`reduce`]: operators::reduce()
//! [`repeat_with`]: operators::repeat_with()
//! [`scan`]: operators::scan()
//! [`send`]: operators::send()
//! [`skip`]: operators::skip()
//! [`skip_while`]: operators::skip_while()
//! [`step_by`]: operators::step_by()
//! [`stream`]: operators::stream()
//! [`take`]: operators::take()
//! [`take_while`]: operators::take_while()
//! [`then`]: operators::then()
//! [`throttle`]: operators::throttle()
//! [`timeout`]: operators::timeout()
//! [`unfold`]: operators::unfold()
//! [`via`]: operators::via()
//! [`windows`]: operators::windows()
//! [`write`]: operators::write()
//! [`write_lines`]: operators::write_lines()
//! [`inlet`]: crate::inlet()
//!
#![doc = include_str!("../../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

mod connectors;
mod control;
mod error;
mod graph;
mod link;
mod name;
mod pipeline;
mod running;
mod signal;
mod snapshot;
mod stage;
mod sync;
mod weigh;

pub mod operators;

#[doc(hidden)]
pub mod __private;
#[doc(hidden)]
pub mod segment;

pub use aqueduct_macros::pipeline;

pub use crate::connectors::{
    Closed, Emitter, Inlet, InletSource, IntoSink, IntoSource, Sink, Source, Transform, TrySendError, inlet,
};
pub use crate::control::Control;
pub use crate::error::{BoxError, ErrorKind, PipelineError, Result};
pub use crate::graph::{Graph, GraphLink, GraphStage};
pub use crate::name::Name;
pub use crate::pipeline::{Body, Boxed, Pipeline, Spawnable};
pub use crate::running::{Running, Starting};
pub use crate::signal::{Signal, SignalEvent, Signals};
pub use crate::snapshot::{LinkSnapshot, Snapshot, StageSnapshot};
pub use crate::stage::Role;
pub use crate::weigh::Weigh;
