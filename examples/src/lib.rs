//! What surrounds the examples: their arguments, their display, the receiver at the other end.
//!
//! The examples themselves are in `src/bin`, one topic a file: read those.

pub mod args;
pub mod checksum;
pub mod display;
pub mod memory;
pub mod receiver;
