//! What is shown: the pipelines, as they are now and as they were in the last two minutes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;

use super::layout::{self, Drawing};
use crate::sync::lock;
use crate::{Bottleneck, Control, Graph, Snapshot};

/// How often a sample is kept.
pub(super) const EACH: Duration = Duration::from_secs(1);

/// How many samples are kept: those of two minutes.
const KEPT: usize = 120;

/// How many samples the bottleneck is about.
const RECENT: usize = 5;

/// All pipelines of a dashboard.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) pipelines: Vec<Shown>,
    /// Whether the page may offer to pause, resume, finish and abort.
    control: bool,
}

/// One pipeline.
#[derive(Debug)]
pub(super) struct Shown {
    /// Its name, made different from those of the others.
    pub(super) name: String,
    pub(super) control: Control,
    graph: Arc<Graph>,
    history: Mutex<History>,
}

#[derive(Debug, Default)]
struct History {
    samples: VecDeque<Sample>,
    /// The snapshots that the last samples were made from.
    recent: VecDeque<Snapshot>,
}

/// How far each stage was, and how full each link, in the order of the snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Sample {
    /// Seconds since the start of the run.
    at: f64,
    items: Vec<u64>,
    len: Vec<usize>,
}

/// What `/api/pipelines` says.
#[derive(Serialize)]
pub(super) struct Overview<'b> {
    control: bool,
    pipelines: Vec<Outline<'b>>,
}

#[derive(Serialize)]
struct Outline<'b> {
    pipeline: usize,
    name: &'b str,
    graph: &'b Graph,
    drawing: Drawing,
    history: Vec<Sample>,
}

/// A pipeline as `/api/snapshot` and the events show it.
#[derive(Serialize)]
pub(super) struct View<'b> {
    pub(super) pipeline: usize,
    name: &'b str,
    pub(super) snapshot: Snapshot,
    /// Of the last seconds.
    bottlenecks: Vec<InWords>,
}

/// A bottleneck, and its sentence.
#[derive(Serialize)]
struct InWords {
    text: String,
    #[serde(flatten)]
    bottleneck: Bottleneck,
}

impl Board {
    pub(super) fn new(controls: Vec<Control>, control: bool) -> Self {
        let mut pipelines: Vec<Shown> = Vec::new();
        for control in controls {
            let graph = control.graph();
            let name = graph.name.to_string();
            let is_free = |name: &String| pipelines.iter().all(|other| other.name != *name);
            let others = (2..).map(|number| format!("{name}_{number}"));
            let name = std::iter::once(name.clone()).chain(others).find(is_free).unwrap_or(name);
            pipelines.push(Shown { name, control, graph, history: Mutex::default() });
        }
        Self { pipelines, control }
    }

    /// Keeps a sample of each pipeline.
    pub(super) fn sample(&self) {
        self.pipelines.iter().for_each(Shown::sample);
    }

    /// What does not change while they run, and what they did until now.
    pub(super) fn overview(&self) -> Overview<'_> {
        let outlines = self.pipelines.iter().enumerate().map(|(pipeline, shown)| shown.outline(pipeline));
        Overview { control: self.control, pipelines: outlines.collect() }
    }

    /// Each pipeline's figures now, by its name.
    pub(super) fn snapshots(&self) -> Vec<(&str, Snapshot)> {
        self.pipelines.iter().map(|shown| (&*shown.name, shown.control.snapshot())).collect()
    }

    /// Each pipeline now, for the page.
    pub(super) fn views(&self) -> Vec<View<'_>> {
        self.pipelines.iter().enumerate().map(|(pipeline, shown)| shown.view(pipeline)).collect()
    }
}

impl Shown {
    fn outline(&self, pipeline: usize) -> Outline<'_> {
        let history = lock(&self.history).samples.iter().cloned().collect();
        Outline { pipeline, name: &self.name, graph: &self.graph, drawing: layout::draw(&self.graph), history }
    }

    fn view(&self, pipeline: usize) -> View<'_> {
        let snapshot = self.control.snapshot();
        let in_words = |bottleneck: Bottleneck| InWords { text: bottleneck.to_string(), bottleneck };
        let recent = lock(&self.history).recent.front().map(|earlier| snapshot.since(earlier));
        let bottlenecks = recent.as_ref().unwrap_or(&snapshot).bottlenecks().into_iter().map(in_words).collect();
        View { pipeline, name: &self.name, snapshot, bottlenecks }
    }

    fn sample(&self) {
        let snapshot = self.control.snapshot();
        // A sink gives nothing: its rate is what it takes.
        let items = snapshot.stages.iter().map(|stage| stage.items_out.max(stage.items_in)).collect();
        let len = snapshot.links.iter().map(|link| link.len).collect();
        let sample = Sample { at: snapshot.elapsed.as_secs_f64(), items, len };
        lock(&self.history).push(sample, snapshot);
    }
}

impl History {
    fn push(&mut self, sample: Sample, snapshot: Snapshot) {
        // Before the run, and after it, its clock stands still.
        if self.samples.back().is_some_and(|last| last.at == sample.at) {
            return;
        }
        put(&mut self.samples, sample, KEPT);
        put(&mut self.recent, snapshot, RECENT);
    }
}

/// Puts a value behind the others, of which the first goes when they are too many.
fn put<T>(values: &mut VecDeque<T>, value: T, most: usize) {
    if values.len() == most {
        values.pop_front();
    }
    values.push_back(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_history_is_bounded_and_stops_with_the_run() {
        let idle = crate::pipeline! { #![crate = crate] stream(futures_util::stream::pending::<u32>()) -> queue(1) -> count() };
        let board = Board::new(vec![idle.control()], false);
        let running = idle.spawn();
        for _ in 0..2 * KEPT {
            tokio::time::sleep(EACH).await;
            board.sample();
        }
        let history = lock(&board.pipelines[0].history).samples.clone();
        assert_eq!(history.len(), KEPT);
        assert_eq!(history.back().unwrap().at - history.front().unwrap().at, (KEPT - 1) as f64);

        board.pipelines[0].control.finish();
        running.await.unwrap();
        board.sample();
        let ended = lock(&board.pipelines[0].history).samples.clone();
        tokio::time::sleep(EACH).await;
        board.sample();
        assert_eq!(lock(&board.pipelines[0].history).samples, ended);
    }

    /// What held a pipeline back long ago is no longer told.
    #[tokio::test(start_paused = true)]
    async fn bottlenecks_are_those_of_the_last_seconds() {
        let wakes = Arc::new(tokio::sync::Semaphore::new(0));
        let slow = Arc::clone(&wakes);
        let sleeping = crate::pipeline! {
            #![crate = crate]
            iter(0u32..8) -> queue(4) -> for_each_async(1, async move |_| drop(slow.acquire().await))
        };
        let board = Board::new(vec![sleeping.control()], false);
        let running = sleeping.spawn();
        let told =
            || board.views()[0].bottlenecks.iter().map(|told| told.bottleneck.stage.to_string()).collect::<Vec<_>>();
        for _ in 0..60 {
            tokio::time::sleep(EACH).await;
            board.sample();
        }
        assert_eq!(told(), ["for_each_async"]);
        let shown = &board.pipelines[0];
        let held = shown.view(0).bottlenecks[0].bottleneck.holds_back[0].blocked;
        assert_eq!(held, EACH * (RECENT - 1) as u32);
        wakes.add_permits(1);
        running.await.unwrap();
        assert_eq!(told(), [""; 0]);
    }

    #[test]
    fn pipelines_of_one_name_are_told_apart() {
        let named = |name: &str| {
            let name = name.to_owned();
            crate::pipeline! { #![crate = crate] #![name = name] iter([1]) -> count() }.control()
        };
        let board = Board::new(["a", "a_2", "a", "a"].map(named).to_vec(), false);
        let names: Vec<_> = board.pipelines.iter().map(|shown| &*shown.name).collect();
        assert_eq!(names, ["a", "a_2", "a_3", "a_4"]);
    }
}
