//! A plan as text, for snapshots: mermaid with a subgraph for each task.

use std::fmt::Write;

use super::{Argument, Invocation, LinkKind, Plan, Step};

pub(crate) fn render(plan: &Plan) -> String {
    let mut text = String::from("flowchart LR\n");
    for task in 0..plan.tasks {
        let stages = plan.stages.iter().enumerate().filter(|(_, stage)| stage.task == task);
        let stages: Vec<_> = stages.map(|(n, stage)| format!("s{n}[{}]", stage.name)).collect();
        let _ = writeln!(text, "  subgraph t{task}: {}", stages.join(" "));
    }
    for edge in &plan.edges {
        let link = edge.link.as_ref().map_or_else(|| "---".to_owned(), |link| format!("--{link}-->"));
        let _ = writeln!(text, "  s{} {link} s{}", edge.from, edge.to);
    }
    text
}

/// The functions called, in their order.
pub(crate) fn calls(plan: &Plan) -> String {
    words(&plan.steps)
}

/// The tasks that `concat` holds back, for each input but the first.
fn gates(argument: &Argument) -> String {
    let Argument::Gates(inputs, _) = argument else { return String::new() };
    let tasks = |tasks: &Vec<usize>| tasks.iter().map(|task| format!("t{task}")).collect::<Vec<_>>().join(" ");
    format!("[{}]", inputs.iter().map(tasks).collect::<Vec<_>>().join(" | "))
}

fn words(steps: &[Step]) -> String {
    let name = |step: &Step| match step {
        Step::Operator(Invocation { name, flavour, arguments, .. }) => {
            let flavour = if flavour.is_empty() { String::new() } else { format!("::{flavour}") };
            format!("{name}{flavour}{}", arguments.iter().map(gates).collect::<String>())
        }
        Step::Tried { .. } => "?".into(),
        Step::Link { kind: LinkKind::Ring, .. } => "link".into(),
        Step::Link { kind: LinkKind::Tap, .. } => "tap_link".into(),
        Step::Link { kind: LinkKind::Shared, .. } => "shared_link".into(),
        Step::Part(part) => format!("part {part}:"),
        Step::Publish { .. } => "publish".into(),
        Step::Fetch { .. } => "fetch".into(),
        Step::Start { .. } => "start".into(),
        Step::Keep(var) => format!("keep({})", var.letter),
        Step::Take(_) => "take".into(),
        Step::Input { .. } => "input".into(),
        Step::Cases { .. } => "cases".into(),
        Step::Case { .. } => "case".into(),
        Step::Copy { .. } => "copy".into(),
        Step::Closed { .. } => "closed".into(),
        Step::Open { .. } => "open".into(),
        Step::Block(joint) => format!("{}/{}", joint.function, joint.arms.len()),
        Step::Nowhere { .. } => "nowhere".into(),
        Step::Parallel(copies) => format!("parallel {{ {} }}", words(&copies.steps)),
        Step::Broken { .. } => "broken".into(),
        Step::Unused => "unused".into(),
    };
    steps.iter().map(name).collect::<Vec<_>>().join(" ")
}
