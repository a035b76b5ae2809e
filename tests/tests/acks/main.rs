//! What a source that asks is told: by every operator, block, fan-in and sink, and however a run ends.
//!
//! A text says what has become of the items, in the order of their numbers: `d` done, `-` dropped, `F` failed, `.` nothing yet.

mod blocks;
mod ends;
mod fan_ins;
mod kit;
mod links;
mod segments;
mod sinks;
mod stages;
mod transforms;
