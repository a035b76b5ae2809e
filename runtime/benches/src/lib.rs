//! Aqueduct against what a good engineer writes by hand, and against other crates: the same job on both sides, in turn, in one process.
//!
//! A [`Case`](harness::Case) is one comparison; `cases/` has one file for each subject. What runs them: `bin/ratios.rs` prints ratios,
//! `bin/instructions.rs` counts instructions, `benches/cases.rs` hands every side to divan.

pub mod by_hand;
pub mod cases;
pub mod channels;
pub mod harness;
pub mod report;
