//! The feature `metrics`: a pipeline's figures, for whatever recorder the program has installed.

use std::time::Duration;

use metrics::{Counter, Gauge, Label, Unit, counter, describe_counter, describe_gauge, gauge};
use tokio::time::timeout;

use super::names::{Kind, LINK, Metric, QUEUE, STAGE, Value};
use crate::{Control, Graph, Snapshot};

/// Gives the figures of a pipeline to the recorder of the crate [`metrics`](https://docs.rs/metrics), `every` so often.
///
/// Await it beside the run or spawn it, as other reporters for that crate are: it begins when it is first polled, ends with the pipeline, and
/// records a last time then. Nothing is recorded for each item: it reads a [`Snapshot`], as anybody may. It goes to the recorder that is installed
/// when it begins.
///
/// ```
/// # use std::time::Duration;
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let import = pipeline! {
///     #![name = "import"]
///     iter(0..1000) -> queue(64) -> then(async |n| n) as store -> discard()
/// };
/// tokio::spawn(aqueduct::record(&import.control(), Duration::from_secs(5)));
/// import.run().await?;
/// # Ok(())
/// # }
/// ```
///
/// Runs of the same name, one after the other or at the same time, add up in the counters; of the gauges each shows its own, so pipelines that run
/// at the same time are better given names, by `#![name = …]`.
///
#[doc = include_str!("metrics.md")]
///
/// The counters of that crate are integers, and its gauges are for what may fall again. So that times are counters to a scraper, which then knows that
/// they begin anew with the program, they are given in whole seconds: what is over counts with the next second, and is left out at the end of a run. The
/// feature `dashboard` gives Prometheus the same names with fractions.
///
/// Those that begin with `aqueduct_queue` are of links whose queue a broker keeps. What another process does is not recorded: the stages of parts that
/// run elsewhere are left out.
///
/// # Panics
/// When `every` is zero. The future panics when it is polled outside a tokio runtime.
///
/// # Cancel safety
/// Dropping the future ends the recording; nothing else.
#[track_caller]
#[must_use = "nothing is recorded until it is awaited or spawned"]
pub fn record(control: &Control, every: Duration) -> impl Future<Output = ()> + Send + use<> {
    assert!(!every.is_zero(), "`every` must be longer than zero");
    let control = control.clone();
    async move {
        let mut end = control.ended();
        let mut recorder = Recorder::new(&control.graph(), &control.snapshot());
        let mut ended = false;
        loop {
            recorder.record(&control.snapshot());
            if ended {
                return;
            }
            ended = timeout(every, &mut end).await.is_ok();
        }
    }
}

/// The figures of one pipeline.
struct Recorder {
    stages: Vec<Vec<Figure>>,
    links: Vec<Vec<Figure>>,
}

impl Recorder {
    fn new(graph: &Graph, snapshot: &Snapshot) -> Self {
        let Snapshot { name: pipeline, links, .. } = snapshot;
        let labelled = |kind: &'static str, name: &str| {
            vec![Label::new("pipeline", pipeline.to_string()), Label::new(kind, name.to_owned())]
        };
        STAGE.iter().for_each(describe);
        LINK.iter().for_each(describe);
        let queues: Vec<_> = graph.links.iter().filter(|link| link.remote.is_some()).map(|link| &link.name).collect();
        if !queues.is_empty() {
            QUEUE.iter().for_each(describe);
        }
        let of_link = |name| {
            let queue: &[_] = if queues.contains(&name) { &QUEUE } else { &[] };
            LINK.iter().chain(queue).map(figure(&labelled("link", name))).collect()
        };
        Self {
            stages: snapshot
                .here()
                .map(|stage| STAGE.iter().map(figure(&labelled("stage", &stage.name))).collect())
                .collect(),
            links: links.iter().map(|link| of_link(&link.name)).collect(),
        }
    }

    fn record(&mut self, snapshot: &Snapshot) {
        for (figures, stage) in self.stages.iter_mut().zip(snapshot.here()) {
            figures.iter_mut().zip(&STAGE).for_each(|(figure, metric)| figure.record((metric.read)(stage)));
        }
        for (figures, link) in self.links.iter_mut().zip(&snapshot.links) {
            figures
                .iter_mut()
                .zip(LINK.iter().chain(&QUEUE))
                .for_each(|(figure, metric)| figure.record((metric.read)(link)));
        }
    }
}

fn describe<S>(metric: &Metric<S>) {
    let unit = if metric.unit == "seconds" { Unit::Seconds } else { Unit::Count };
    match metric.kind {
        Kind::Counter => describe_counter!(metric.name, unit, metric.help),
        Kind::Gauge => describe_gauge!(metric.name, unit, metric.help),
    }
}

/// Makes the series of a metric with these labels.
fn figure<S>(labels: &[Label]) -> impl Fn(&Metric<S>) -> Figure {
    |metric| match metric.kind {
        Kind::Counter => Figure::Counter(counter!(metric.name, labels.iter()), 0),
        Kind::Gauge => Figure::Gauge(gauge!(metric.name, labels.iter())),
    }
}

/// One series.
enum Figure {
    /// With what it was told of this run: another of the same name has a part in it too.
    Counter(Counter, u64),
    Gauge(Gauge),
}

impl Figure {
    fn record(&mut self, value: Option<Value>) {
        match self {
            Self::Counter(counter, told) => {
                let whole = match value {
                    Some(Value::Count(count)) => count,
                    Some(Value::Time(time)) => time.as_secs(),
                    None => return,
                };
                counter.increment(whole.saturating_sub(*told));
                *told = whole.max(*told);
            }
            // What there is nothing of, as the age of the oldest item, is 0.
            Self::Gauge(gauge) => gauge.set(match value {
                Some(Value::Count(count)) => count as f64,
                Some(Value::Time(time)) => time.as_secs_f64(),
                None => 0.0,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<S>(metrics: &[Metric<S>], label: &str) -> String {
        let row = |metric: &Metric<S>| {
            let Metric { name, kind, unit, help, .. } = metric;
            let kind = if *kind == Kind::Counter { "counter" } else { "gauge" };
            format!("| `{name}` | {kind} | `pipeline`, `{label}` | {unit} | {help} |\n")
        };
        metrics.iter().map(row).collect()
    }

    /// `METRICS=overwrite` writes it anew.
    #[test]
    fn the_table_in_the_documentation_is_what_is_recorded() {
        let head = "| metric | kind | labels | unit | what it says |\n|---|---|---|---|---|\n";
        let table = [head, &rows(&STAGE, "stage"), &rows(&LINK, "link"), &rows(&QUEUE, "link")].concat();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/watch/metrics.md");
        if std::env::var_os("METRICS").is_some_and(|what| what == "overwrite") {
            std::fs::write(file, &table).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file).unwrap(), table, "`METRICS=overwrite` writes it anew");
    }
}
