//! The cases, a file for each subject, and the peers that are the same in several.

mod acked;
mod asynchronous;
mod bytes;
#[cfg(feature = "heavy")]
mod dfir;
mod fused;
mod graphs;
mod items;
mod latency;
mod linked;
mod node;
mod shapes;
mod watched;

use crate::harness::Case;

/// All cases, in the order of the README's tables.
pub fn all() -> Vec<Case> {
    [
        fused::cases(),
        linked::cases(),
        asynchronous::cases(),
        bytes::cases(),
        latency::cases(),
        graphs::cases(),
        shapes::cases(),
        watched::cases(),
        acked::cases(),
    ]
    .concat()
}
