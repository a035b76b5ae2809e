//! Nobody listens.

use std::time::Duration;

use super::super::Stall;
use crate::stage::TaskCell;
use crate::{Name, PipelineError, SignalEvent};

#[derive(Debug)]
pub(crate) struct TaskSpan;

impl TaskSpan {
    pub(crate) fn new(_: &TaskCell) -> Self {
        Self
    }

    pub(crate) fn enter(&self) -> Self {
        Self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Signalled;

impl Signalled {
    pub(crate) fn add(&mut self, _: &Name, _: impl FnOnce() -> SignalEvent) {}

    pub(crate) fn append(&mut self, _: &mut Self) {}

    pub(crate) fn tell(&mut self) {}
}

pub(crate) struct Failed;

impl Failed {
    pub(crate) fn new(_: &PipelineError) -> Self {
        Self
    }

    pub(crate) fn tell(self, _: &Name) {}
}

pub(crate) fn finished(_: &Name, _: Duration) {}

pub(crate) fn stalled(_: &Stall) {}
