//! [`batch`]: operators::batch()
//! [`broadcast`]: operators::broadcast()
//! [`bytes`]: operators::bytes()
//! [`chunks`]: operators::chunks()
//! [`collect`]: operators::collect()
//! [`concat`]: operators::concat()
//! [`conflate`]: operators::conflate()
//! [`count`]: operators::count()
//! [`debounce`]: operators::debounce()
//! [`dedup_by_key`]: operators::dedup_by_key()
//! [`dedup`]: operators::dedup()
//! [`delay`]: operators::delay()
//! [`discard`]: operators::discard()
//! [`enumerate`]: operators::enumerate()
//! [`filter`]: operators::filter()
//! [`filter_async`]: operators::filter_async()
//! [`filter_map`]: operators::filter_map()
//! [`first`]: operators::first()
//! [`flat_map`]: operators::flat_map()
//! [`flatten`]: operators::flatten()
//! [`flatten_unordered`]: operators::flatten_unordered()
//! [`fold`]: operators::fold()
//! [`for_each`]: operators::for_each()
//! [`for_each_async`]: operators::for_each_async()
//! [`for_each_blocking`]: operators::for_each_blocking()
//! [`from`]: operators::from()
//! [`inspect`]: operators::inspect()
//! [`interleave`]: operators::interleave()
//! [`interval`]: operators::interval()
//! [`into`]: operators::into()
//! [`iter`]: operators::iter()
//! [`iter_blocking`]: operators::iter_blocking()
//! [`last`]: operators::last()
//! [`latest`]: operators::latest()
//! [`lines`]: operators::lines()
//! [`map_async_keyed`]: operators::map_async_keyed()
//! [`map_async_unordered`]: operators::map_async_unordered()
//! [`map_async`]: operators::map_async()
//! [`map_blocking`]: operators::map_blocking()
//! [`map_while`]: operators::map_while()
//! [`map`]: operators::map()
//! [`match`]: operators::route()
//! [`merge`]: operators::merge()
//! [`once`]: operators::once()
//! [`parallel`]: operators::parallel()
//! [`prefer`]: operators::prefer()
//! [`queue`]: operators::queue()
//! [`ready_chunks`]: operators::ready_chunks()
//! [`recv`]: operators::recv()
//! [`reduce`]: operators::reduce()
//! [`repeat_with`]: operators::repeat_with()
//! [`sample`]: operators::sample()
//! [`scan`]: operators::scan()
//! [`send`]: operators::send()
//! [`skip`]: operators::skip()
//! [`skip_while`]: operators::skip_while()
//! [`step_by`]: operators::step_by()
//! [`stream`]: operators::stream()
//! [`take`]: operators::take()
//! [`take_until`]: operators::take_until()
//! [`take_while`]: operators::take_while()
//! [`tap`]: operators::tap()
//! [`then`]: operators::then()
//! [`throttle`]: operators::throttle()
//! [`timeout`]: operators::timeout()
//! [`unfold`]: operators::unfold()
//! [`via`]: operators::via()
//! [`windows`]: operators::windows()
//! [`write`]: operators::write()
//! [`write_lines`]: operators::write_lines()
//! [`zip`]: operators::zip()
//! [`inlet`]: crate::inlet()
//!
#![doc = include_str!("../../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

mod bottleneck;
mod connectors;
mod control;
mod error;
mod graph;
mod link;
mod location;
mod movable;
mod name;
mod pipeline;
mod running;
mod signal;
mod snapshot;
mod stage;
mod sync;
mod token;
mod watch;
mod weigh;

pub mod guides;
pub mod operators;
#[cfg(feature = "remote")]
#[cfg_attr(docsrs, doc(cfg(feature = "remote")))]
pub mod remote;
#[cfg(feature = "testkit")]
pub mod testkit;

#[doc(hidden)]
pub mod __private;

pub use aqueduct_macros::pipeline;

pub use crate::bottleneck::{Bottleneck, HeldBack};
pub use crate::connectors::{
    AckSource, Closed, Emitter, Inlet, InletSource, IntoSink, IntoSource, Outlet, Sink, Source, Transform,
    TrySendError, inlet,
};
pub use crate::control::Control;
pub use crate::error::{BoxError, ErrorKind, PipelineError, Result};
pub use crate::graph::{Graph, GraphEdge, GraphLink, GraphRemote, GraphStage};
pub use crate::location::Location;
pub use crate::name::Name;
pub use crate::pipeline::{Body, Boxed, Pipeline, Spawnable};
pub use crate::running::{Running, Starting};
pub use crate::signal::{Signal, SignalEvent, Signals};
pub use crate::snapshot::{LinkSnapshot, Snapshot, StageSnapshot, StageState};
pub use crate::stage::Role;
pub use crate::token::{Ack, Acks, Token, Verdict};
#[cfg(feature = "dashboard")]
#[cfg_attr(docsrs, doc(cfg(feature = "dashboard")))]
pub use crate::watch::dashboard::{Dashboard, Serving, dashboard};
#[cfg(feature = "progress")]
#[cfg_attr(docsrs, doc(cfg(feature = "progress")))]
pub use crate::watch::progress::progress;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub use crate::watch::record;
#[cfg(feature = "top")]
#[cfg_attr(docsrs, doc(cfg(feature = "top")))]
pub use crate::watch::top::top;
pub use crate::watch::{Stall, Stalls};
pub use crate::weigh::Weigh;
