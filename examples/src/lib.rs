//! What surrounds the examples: arguments, a display, Ctrl-C, and what stands for the world outside: a receiver, a service and
//! its clients, a weather station.
//!
//! The examples themselves are in `src/bin`, one topic a file: read those.

pub mod args;
pub mod checksum;
pub mod clients;
pub mod display;
pub mod finish;
pub mod memory;
pub mod receiver;
pub mod service;
pub mod station;
