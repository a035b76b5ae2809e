//! The cases, a file for each subject, and the peers that are the same in several.

mod asynchronous;
#[cfg(feature = "heavy")]
mod dfir;
mod fused;
mod graphs;
mod items;
mod linked;
mod node;
mod shapes;

use crate::harness::Case;

/// All cases, in the order of the README's tables.
pub fn all() -> Vec<Case> {
    [fused::cases(), linked::cases(), asynchronous::cases(), graphs::cases(), shapes::cases()].concat()
}
