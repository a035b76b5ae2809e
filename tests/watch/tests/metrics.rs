//! The feature `metrics`: what a recorder is given, and how Prometheus and Grafana see it.

#![cfg(not(loom))]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::time::Duration;

use aqueduct::remote::in_memory;
use aqueduct::testkit::expect_tasks;
use aqueduct::{Control, Pipeline, pipeline, record};
use aqueduct_tests::ends::{in_time, within};
use aqueduct_tests::files::root;
use futures_util::{StreamExt, future, stream};
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// Ten items, each of which takes the sink a second and a half.
fn storing() -> Pipeline<()> {
    pipeline! {
        #![name = "import"]
        iter(0..10) -> queue(4, low = 1) as waiting -> for_each_async(1, async |_| sleep(Duration::from_millis(1_500)).await) as store
    }
    .boxed()
}

/// Forty items by way of a queue that a broker keeps, and then none until it is told to finish. This process runs that part, or all.
fn selling(role: Option<&str>) -> Pipeline<Option<u64>> {
    pipeline! {
        #![name = "shop"]
        #![role = role]
        stream(stream::iter(0..40u32).chain(stream::pending())) as numbers -> queue(8) as read -> map(|n| n) as parse
            -> queue(in_memory("shop").per_message(4), capacity = 64, role = "work") as orders -> count() as insert
    }
    .boxed()
}

/// What the recorder has: by the metric's name and its labels. Counters are told as what has come since the last look.
fn figures(recorder: &Snapshotter) -> BTreeMap<String, f64> {
    let figure = |(key, _, _, value): (metrics_util::CompositeKey, _, _, DebugValue)| {
        let labels: Vec<_> = key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(level) => level.into_inner(),
            DebugValue::Histogram(_) => panic!("no histograms are recorded"),
        };
        (format!("{}{{{}}}", key.key().name(), labels.join(",")), value)
    };
    recorder.snapshot().into_vec().into_iter().map(figure).collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_is_recorded_while_it_lasts_and_at_its_end() {
    within(async {
        let recorder = DebuggingRecorder::new();
        let seen = recorder.snapshotter();
        let _guard = metrics::set_default_local_recorder(&recorder);
        let run = storing();
        let recording = record(&run.control(), 5 * SECOND);
        let midway = async {
            sleep(7 * SECOND).await;
            figures(&seen)
        };
        let (outcome, (), midway) = future::join3(run.run(), recording, midway).await;
        outcome.unwrap();
        let (stage, link) = ("{pipeline=import,stage=store}", "{pipeline=import,link=waiting}");
        // As it was after five seconds.
        assert_eq!(midway[&format!("aqueduct_stage_items_in_total{stage}")], 4.0);
        assert_eq!(midway[&format!("aqueduct_stage_in_flight_items{stage}")], 1.0);
        assert_eq!(midway[&format!("aqueduct_link_capacity{link}")], 4.0);
        assert_eq!(midway[&format!("aqueduct_link_low{link}")], 1.0);
        let end = figures(&seen);
        assert_eq!(end[&format!("aqueduct_stage_items_in_total{stage}")], 6.0, "four of ten were told before");
        assert_eq!(end[&format!("aqueduct_stage_in_flight_items{stage}")], 0.0);
        assert_eq!(end[&format!("aqueduct_link_len{link}")], 0.0);
        assert_eq!(end[&format!("aqueduct_link_max_len{link}")], 4.0);
        assert_eq!(end[&format!("aqueduct_link_paused{link}")], 0.0);
        assert_eq!(end[&format!("aqueduct_link_oldest_age_seconds{link}")], 0.0);
        let waiting =
            |figures: &BTreeMap<String, f64>| figures[&format!("aqueduct_stage_waiting_seconds_total{stage}")];
        assert_eq!((waiting(&midway), waiting(&midway) + waiting(&end)), (5.0, 15.0), "whole seconds, and none lost");
        let labels: BTreeSet<_> = end.keys().filter_map(|key| key.split_once('{')).map(|(_, labels)| labels).collect();
        let all = ["pipeline=import,link=waiting}", "pipeline=import,stage=iter}", "pipeline=import,stage=store}"];
        assert_eq!(labels, BTreeSet::from(all));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_a_broker_keeps_has_figures_of_its_own_and_parts_elsewhere_have_none() {
    within(async {
        for role in [None, Some("ingest")] {
            let recorder = DebuggingRecorder::new();
            let seen = recorder.snapshotter();
            let _guard = metrics::set_default_local_recorder(&recorder);
            let run = selling(role);
            let (control, recording) = (run.control(), record(&run.control(), SECOND));
            let finish = async {
                sleep(7 * SECOND / 2).await;
                control.finish();
            };
            let (outcome, (), ()) = future::join3(run.run(), recording, finish).await;
            assert_eq!(outcome.unwrap(), role.is_none().then_some(40));
            let figures = figures(&seen);
            let queue =
                |name: &str| figures.get(&format!("aqueduct_queue_{name}{{pipeline=shop,link=orders}}")).copied();
            let sent = control.snapshot().link("orders").unwrap().queue.as_ref().unwrap().sent.unwrap().messages as f64;
            assert!(sent >= 10.0, "four items a message: {sent}");
            let (taken, left) = if role.is_none() { (sent, 0.0) } else { (0.0, sent) };
            assert_eq!(queue("sent_messages_total"), Some(sent));
            assert_eq!(queue("received_messages_total"), Some(taken));
            assert_eq!(queue("pending_messages"), Some(left));
            for none in ["unacked_messages", "dead_letters", "full", "disconnected", "redelivered_messages_total"] {
                assert_eq!(queue(none), Some(0.0), "{none}");
            }
            let of = |label: &str| figures.keys().filter(|key| key.ends_with(&format!(",{label}}}"))).count();
            assert_eq!((of("link=orders"), of("link=read")), (19, 9), "what is in memory is no queue of a broker");
            assert_eq!((of("stage=parse"), of("stage=insert")), (8, if role.is_none() { 8 } else { 0 }));
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn runs_of_one_name_add_up() {
    within(async {
        let recorder = DebuggingRecorder::new();
        let seen = recorder.snapshotter();
        let _guard = metrics::set_default_local_recorder(&recorder);
        for _ in 0..3 {
            let run = storing();
            let recording = record(&run.control(), SECOND);
            future::join(run.run(), recording).await.0.unwrap();
        }
        let figures = figures(&seen);
        assert_eq!(figures["aqueduct_stage_items_in_total{pipeline=import,stage=store}"], 30.0);
        assert_eq!(figures["aqueduct_stage_waiting_seconds_total{pipeline=import,stage=store}"], 45.0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn recording_ends_with_the_run_and_with_a_pipeline_that_is_never_run() {
    within(async {
        let ended = |control: &Control| tokio::spawn(record(control, 3_600 * SECOND));
        let run = storing();
        let recording = ended(&run.control());
        run.run_local().await.unwrap();
        recording.await.unwrap();
        let never = storing();
        let recording = ended(&never.control());
        drop(never);
        recording.await.unwrap();
        expect_tasks(0).await;
    })
    .await;
}

#[test]
fn no_time_between_records_is_refused() {
    in_time(|| {
        let control = storing().control();
        assert!(catch_unwind(|| drop(record(&control, Duration::ZERO))).is_err());
    });
}

/// Also with the exporter's own rules for names, which would add what is missing.
#[tokio::test(start_paused = true)]
async fn prometheus_reads_names_units_and_types() {
    within(async {
        for recommended in [false, true] {
            let recorder = PrometheusBuilder::new().with_recommended_naming(recommended).build_recorder();
            let _guard = metrics::set_default_local_recorder(&recorder);
            let run = storing();
            let recording = record(&run.control(), 5 * SECOND);
            future::join(run.run(), recording).await.0.unwrap();
            let text = recorder.handle().render();
            for line in [
                "# TYPE aqueduct_stage_items_in_total counter",
                "aqueduct_stage_items_in_total{pipeline=\"import\",stage=\"store\"} 10",
                "# HELP aqueduct_stage_waiting_seconds_total How long the stage's task has waited for futures of the user's",
                "# TYPE aqueduct_stage_waiting_seconds_total counter",
                "aqueduct_stage_waiting_seconds_total{pipeline=\"import\",stage=\"store\"} 15",
                "# TYPE aqueduct_link_max_len gauge",
                "aqueduct_link_max_len{pipeline=\"import\",link=\"waiting\"} 4",
                "# TYPE aqueduct_link_oldest_age_seconds gauge",
            ] {
                assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
            }
        }
    })
    .await;
}

/// The names of all metrics.
fn names() -> Vec<String> {
    let recorder = DebuggingRecorder::new();
    let seen = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let run = selling(None);
            run.control().finish();
            let recording = record(&run.control(), SECOND);
            future::join(run.run(), recording).await.0.unwrap();
        });
    });
    let names = seen.snapshot().into_vec().into_iter().map(|(key, ..)| key.key().name().to_owned());
    names.collect()
}

/// All texts in a JSON value under one of these keys.
fn texts<'a>(value: &'a serde_json::Value, keys: &[&str], found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    serde_json::Value::String(text) if keys.contains(&key.as_str()) => found.push(text),
                    value => texts(value, keys, found),
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, keys, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_for_grafana_asks_for_metrics_that_exist() {
    in_time(|| {
        let text = std::fs::read_to_string(root().join("examples/grafana/aqueduct.json")).unwrap();
        let board: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut queries = Vec::new();
        texts(&board, &["expr", "definition", "query"], &mut queries);
        queries.retain(|query| *query != "prometheus");
        assert!(queries.len() > 10, "{queries:?}");
        let names = names();
        let mut asked = 0;
        for query in queries {
            let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let metrics: Vec<_> = words.filter(|word| word.starts_with("aqueduct")).collect();
            assert!(!metrics.is_empty(), "{query} asks for nothing of ours");
            for metric in metrics {
                assert!(names.iter().any(|name| name == metric), "{query} asks for {metric}, which is not recorded");
                asked += 1;
            }
        }
        let mut legends = Vec::new();
        texts(&board, &["legendFormat"], &mut legends);
        let labels =
            legends.iter().flat_map(|legend| legend.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")));
        for (label, _) in labels {
            assert!(["pipeline", "stage", "link"].contains(&label), "{label} is no label of ours");
        }
        assert!(asked > 10 && !legends.is_empty());
    });
}
