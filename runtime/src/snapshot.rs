use std::time::Duration;

use crate::Name;

/// A pipeline at one moment: what each stage has done and how full each link is.
///
/// Made by [`Control::snapshot`](crate::Control::snapshot). Each figure is at most one run old (`G6`); figures of different
/// stages are not read at the same instant.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The pipeline's name: `#![name = …]`, else `pipeline`.
    pub name: Name,
    /// Whether the sources are held by `pause()`.
    pub paused: bool,
    /// The stages, in the order of the text.
    pub stages: Vec<StageSnapshot>,
    /// The links, in the order of the text.
    pub links: Vec<LinkSnapshot>,
}

impl Snapshot {
    /// The stage of that name.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<&StageSnapshot> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// The link of that name.
    #[must_use]
    pub fn link(&self, name: &str) -> Option<&LinkSnapshot> {
        self.links.iter().find(|link| link.name == name)
    }
}

/// What one stage has done so far.
///
/// The times are those of the task the stage runs in: fused stages show the same.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StageSnapshot {
    /// The stage's name.
    pub name: Name,
    /// Items taken.
    pub items_in: u64,
    /// Items given; for a sink 0.
    pub items_out: u64,
    /// Items that an arm of this block was to have, but had finished early (`F2`).
    pub dropped: u64,
    /// How long the task has worked.
    pub busy: Duration,
    /// How long the task has waited because its output was paused.
    pub blocked: Duration,
    /// How long the task has waited for input, or for a future of the user's.
    pub idle: Duration,
}

/// How full one link is, and has been. Counts are items, or bytes for a byte link.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LinkSnapshot {
    /// The link's name.
    pub name: Name,
    /// The stage above it, in the text.
    pub from: Name,
    /// The stage below it, in the text.
    pub to: Name,
    /// How much it holds (`L11`).
    pub len: usize,
    /// How much it can hold (`L1`).
    pub capacity: usize,
    /// The level at which a pause ends (`L3`).
    pub low: usize,
    /// Whether it is paused.
    pub paused: bool,
    /// How often it was paused.
    pub pauses: u64,
    /// How long it was paused, with the pause that still lasts.
    pub paused_for: Duration,
    /// The most it has held.
    pub max_len: usize,
    /// How many items it has dropped (`L10`).
    pub dropped: u64,
}
