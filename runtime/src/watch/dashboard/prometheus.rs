//! The figures as text for Prometheus, version 0.0.4 of its format.

use std::fmt::Write as _;

use crate::watch::names::{LINK, Metric, QUEUE, STAGE};
use crate::watch::queue::Queue;
use crate::{LinkSnapshot, Snapshot};

/// The type of the text.
pub(super) const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The figures of all pipelines, each with the name it is shown under.
pub(super) fn text(pipelines: &[(&str, Snapshot)]) -> String {
    let mut text = String::new();
    for metric in &STAGE {
        let stages = pipelines
            .iter()
            .flat_map(|(pipeline, snapshot)| snapshot.here().map(move |stage| (*pipeline, &*stage.name, stage)));
        write(&mut text, metric, "stage", stages);
    }
    let links = || {
        let pipelines = pipelines.iter();
        pipelines.flat_map(|(pipeline, snapshot)| snapshot.links.iter().map(move |link| (*pipeline, &*link.name, link)))
    };
    LINK.iter().for_each(|metric| write(&mut text, metric, "link", links()));
    if links().any(|(.., link): (_, _, &LinkSnapshot)| Queue::of(link).is_some()) {
        QUEUE.iter().for_each(|metric| write(&mut text, metric, "link", links()));
    }
    text
}

/// One figure of all its parts, `S`: stages or links.
fn write<'a, S: 'a>(
    text: &mut String,
    metric: &Metric<S>,
    label: &str,
    parts: impl Iterator<Item = (&'a str, &'a str, &'a S)>,
) {
    let Metric { name, kind, unit, help, read } = metric;
    let _ = writeln!(text, "# HELP {name} {help} ({unit}).\n# TYPE {name} {}", kind.word());
    for (pipeline, part, figures) in parts {
        if let Some(value) = read(figures) {
            let (pipeline, part) = (escape(pipeline), escape(part));
            let _ = writeln!(text, "{name}{{pipeline=\"{pipeline}\",{label}=\"{part}\"}} {value}");
        }
    }
}

/// A label's value.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
