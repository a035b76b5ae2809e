//! What `concat` holds back: the tasks that feed only an input whose turn has not come (F4).

use std::collections::BTreeSet;

use super::{Edge, Stage};
use crate::operators::Kind;

/// An input of a `concat`: the edge that leads into it; none into a segment's own input.
pub(super) struct Gate {
    pub(super) edge: Option<usize>,
}

/// The tasks from which all ways lead into `gate`.
pub(super) fn held(gate: &Gate, stages: &[Stage], edges: &[Edge], tasks: usize) -> Vec<usize> {
    let task = |stage: usize| stages.get(stage).map_or(usize::MAX, |stage| stage.task);
    let mut held = BTreeSet::new();
    loop {
        let more = (0..tasks).find(|candidate| {
            let ends = stages.iter().any(|stage| stage.task == *candidate && stage.role == Kind::Sink);
            let mut ways = edges.iter().enumerate().filter(|(_, edge)| {
                edge.link.is_some() && task(edge.from) == *candidate && task(edge.to) != *candidate
            });
            let leads = |edge: usize, to: usize| Some(edge) == gate.edge || held.contains(&task(to));
            let mut any = false;
            let all = ways.all(|(n, edge)| {
                any = true;
                leads(n, edge.to)
            });
            !held.contains(candidate) && !ends && any && all
        });
        match more {
            Some(task) => drop(held.insert(task)),
            None => return held.into_iter().collect(),
        }
    }
}
