//! What tests of blocks share: what they wait for, and what they ask of a graph.

use std::time::Duration;

use aqueduct::Graph;

/// Never done.
pub async fn never<T>(_: T) {
    std::future::pending().await
}

/// On a clock that is paused this returns only when no task of the runtime has anything to do: what spins keeps it from ever coming (L9).
pub async fn an_hour() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

/// The stages with their tasks, as text: `iter:0 map:0`.
#[must_use]
pub fn stages(graph: &Graph) -> String {
    let all: Vec<_> = graph.stages.iter().map(|stage| format!("{}:{}", stage.name, stage.task)).collect();
    all.join(" ")
}

/// The links with their capacities, as text: `iter->map:256`.
#[must_use]
pub fn links(graph: &Graph) -> String {
    let all: Vec<_> = graph.links.iter().map(|link| format!("{}:{}", link.name, link.capacity)).collect();
    all.join(" ")
}
