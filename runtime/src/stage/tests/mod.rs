//! The proofs of what stages are built on: `in_flight` plays random moves on one thread, and so does `fan_in` with the heads of fan-ins;
//! `loom` and `run` try every interleaving of those who wake futures in flight, and of tasks
//! that are held, begin and end.

#[cfg(not(loom))]
mod fan_in;
#[cfg(not(loom))]
mod in_flight;
#[cfg(loom)]
mod loom;
#[cfg(loom)]
mod run;

/// A plan's constants: stages with their names and tasks, and what connects them.
#[cfg(not(loom))]
fn blueprint(stages: &[(&'static str, usize)], edges: &[(usize, usize)], tasks: usize) -> super::Blueprint {
    use super::{Blueprint, EdgeSpec, Role, StageSpec};

    let stage = |&(name, task): &(&'static str, usize)| StageSpec { name, operator: name, role: Role::Stage, task };
    let edge = |&(from, to): &(usize, usize)| EdgeSpec { from, to, link: Some("link"), arm: None, joins: false };
    Blueprint {
        stages: Vec::leak(stages.iter().map(stage).collect()),
        edges: Vec::leak(edges.iter().map(edge).collect()),
        tasks,
    }
}
