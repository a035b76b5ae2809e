//! What surrounds the examples: arguments, a display, Ctrl-C, the end, and what stands for the world outside: a receiver, a service and
//! a weather station.
//!
//! The examples themselves are in `src/bin`, one topic a file: read those.

pub mod args;
pub mod checksum;
pub mod display;
pub mod finish;
pub mod memory;
pub mod outcome;
pub mod receiver;
pub mod service;
pub mod station;
pub mod watch;

/// The file of bird strikes that examples read when they are given none.
pub const BIRDSTRIKES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/birdstrikes.csv");
