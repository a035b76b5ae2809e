//! The dashboard, asked over HTTP: what it shows, what it tells as it happens, whom it answers. The page in a browser has a test of its
//! own, in `tests/browser`.

mod client;
mod doors;
mod events;

use std::net::SocketAddr;

use aqueduct::remote::in_memory;
use aqueduct::testkit::{Gate, Probe};
use aqueduct::{Control, Dashboard, Running, dashboard, pipeline};
use aqueduct_tests::ends::within;
use client::get;
use hyper::StatusCode;
use tokio::task::AbortHandle;

/// Serves on a free port until it is dropped.
struct Served {
    addr: SocketAddr,
    task: AbortHandle,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn served(dashboard: Dashboard) -> Served {
    let serving = dashboard.bind("127.0.0.1:0").await.unwrap();
    Served { addr: serving.addr(), task: tokio::spawn(serving).abort_handle() }
}

/// A pipeline of which four items fill the link `waiting`, and one is before the gate while that is closed. With this mark it comes to that
/// whether the link was full before the first item was taken or not.
async fn stuck(name: &str) -> (Running<u64>, Gate) {
    let gate = Gate::new();
    let passes = gate.clone();
    let name = name.to_owned();
    let running = pipeline! {
        #![name = name]
        iter(0..10u32) -> queue(4, low = 3) as waiting -> then(async move |n| { passes.pass().await; n }) -> count()
    }
    .spawn();
    while gate.arrived() == 0 {
        tokio::task::yield_now().await;
    }
    Probe::new(&running.control(), "waiting").expect_len(4).await;
    (running, gate)
}

/// Names that would be markup, or end a string, if they were not escaped.
const HOSTILE: &str = "<script>alert(\"1\")</script>\\\n";

#[tokio::test]
async fn the_page_is_one_whole_and_takes_nothing_from_elsewhere() {
    within(async {
        let (running, _gate) = stuck("import").await;
        let served = served(dashboard(running.control())).await;
        let page = get(served.addr, "/").await;
        assert_eq!(page.status, StatusCode::OK);
        let mut files: Vec<_> =
            page.text.split(['"']).filter(|text| text.ends_with(".js") || text.ends_with(".css")).collect();
        assert!(!files.is_empty());
        while let Some(path) = files.pop() {
            let file = get(served.addr, path).await;
            assert_eq!(file.status, StatusCode::OK, "{path}");
            let elsewhere = file.text.replace("http://www.w3.org/", "").contains("://");
            assert!(!elsewhere, "{path} names another host");
            if path.ends_with(".js") {
                assert_eq!(file.header("content-type"), "text/javascript; charset=utf-8");
            }
        }
        for path in ["/", "/app.js", "/api/snapshot", "/api/pipelines", "/metrics", "/nothing"] {
            let answer = get(served.addr, path).await;
            assert!(answer.header("content-security-policy").starts_with("default-src 'self'"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.status == StatusCode::NOT_FOUND, path == "/nothing", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_snapshot_is_the_controls() {
    within(async {
        let (running, gate) = stuck(HOSTILE).await;
        let control = running.control();
        let served = served(dashboard(control.clone())).await;
        let shown = get(served.addr, "/api/snapshot").await.json();
        assert_eq!(shown[0]["name"], HOSTILE);
        let waiting = &shown[0]["snapshot"]["links"][0];
        assert_eq!((&waiting["len"], &waiting["paused"]), (&4.into(), &true.into()));
        assert_eq!(shown[0]["bottlenecks"][0]["stage"], "then", "{shown}");
        let text = control.snapshot().bottleneck().unwrap().to_string();
        let same_beginning = shown[0]["bottlenecks"][0]["text"].as_str().unwrap().split_whitespace().next();
        assert_eq!(same_beginning, text.split_whitespace().next());

        gate.open();
        assert_eq!(running.await.unwrap(), 10);
        let ended = get(served.addr, "/api/snapshot").await.json();
        assert_eq!(ended[0]["snapshot"], serde_json::to_value(control.snapshot()).unwrap());
    })
    .await;
}

#[tokio::test]
async fn pipelines_are_shown_with_their_graphs_under_names_of_their_own() {
    within(async {
        let (first, _gate) = stuck(HOSTILE).await;
        let (second, _gate) = stuck(HOSTILE).await;
        let served = served(dashboard(first.control()).and(second.control())).await;
        let shown = get(served.addr, "/api/pipelines").await.json();
        assert_eq!(shown["control"], false);
        let names: Vec<_> = shown["pipelines"].as_array().unwrap().iter().map(|pipeline| &pipeline["name"]).collect();
        assert_eq!(names, [HOSTILE, &format!("{HOSTILE}_2")]);
        let graph = serde_json::to_value(&*second.control().graph()).unwrap();
        assert_eq!(shown["pipelines"][1]["graph"], graph);
        let nodes = shown["pipelines"][1]["drawing"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.iter().map(|node| &node["name"]).collect::<Vec<_>>(), ["iter", "then", "count"]);
    })
    .await;
}

/// Reads a line of the text format: a name, labels, a value.
fn sample(line: &str) -> (String, Vec<(String, String)>, f64) {
    let (name, rest) = line.split_once('{').unwrap();
    let mut labels = Vec::new();
    let mut rest = rest.chars().peekable();
    while rest.next_if_eq(&'}').is_none() {
        rest.next_if_eq(&',');
        let label: String = std::iter::from_fn(|| rest.next_if(|letter| *letter != '=')).collect();
        assert_eq!((rest.next(), rest.next()), (Some('='), Some('"')), "{line}");
        let mut value = String::new();
        loop {
            match rest.next().unwrap() {
                '"' => break,
                '\\' => value.push(match rest.next().unwrap() {
                    'n' => '\n',
                    other @ ('\\' | '"') => other,
                    other => panic!("`\\{other}` in {line}"),
                }),
                letter => value.push(letter),
            }
        }
        labels.push((label, value));
    }
    (name.to_owned(), labels, rest.collect::<String>().trim().parse().unwrap())
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    within(async {
        let (first, gate) = stuck(HOSTILE).await;
        let (second, _gate) = stuck(HOSTILE).await;
        gate.open();
        let control = first.control();
        first.await.unwrap();
        let served = served(dashboard(control.clone()).and(second.control())).await;
        let answer = get(served.addr, "/metrics").await;
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        let mut described: Vec<String> = Vec::new();
        let mut samples = Vec::new();
        for line in answer.text.lines() {
            match line.strip_prefix("# HELP ") {
                Some(help) => described.push(help.split_once(' ').unwrap().0.to_owned()),
                None if line.starts_with("# TYPE ") => {
                    let kind = if described.last().unwrap().ends_with("_total") { "counter" } else { "gauge" };
                    assert_eq!(line, format!("# TYPE {} {kind}", described.last().unwrap()));
                }
                None => {
                    let sample = sample(line);
                    assert_eq!(Some(&sample.0), described.last(), "samples follow their description");
                    samples.push(sample);
                }
            }
        }
        let of = |name: &str, pipeline: &str, part: (&str, &str)| {
            let labels = vec![("pipeline".to_owned(), pipeline.to_owned()), (part.0.to_owned(), part.1.to_owned())];
            let found: Vec<_> = samples.iter().filter(|sample| sample.0 == name && sample.1 == labels).collect();
            assert_eq!(found.len(), 1, "{name} {pipeline} {part:?}");
            found[0].2
        };
        let second_name = &format!("{HOSTILE}_2");
        assert_eq!(of("aqueduct_stage_items_in_total", HOSTILE, ("stage", "count")), 10.0);
        assert_eq!(of("aqueduct_link_len", second_name, ("link", "waiting")), 4.0);
        assert_eq!(of("aqueduct_link_paused", second_name, ("link", "waiting")), 1.0);
        assert_eq!(of("aqueduct_link_paused", HOSTILE, ("link", "waiting")), 0.0);
        let busy = control.snapshot().stage("then").unwrap().busy.as_secs_f64();
        assert_eq!(of("aqueduct_stage_busy_seconds_total", HOSTILE, ("stage", "then")), busy);
    })
    .await;
}

/// It may be looked at before the run, and after the program has forgotten it.
#[tokio::test]
async fn a_pipeline_is_shown_before_and_after_its_run() {
    within(async {
        let counting = pipeline! { iter(0..10u32) -> queue(4) -> count() };
        let control: Control = counting.control();
        let served = served(dashboard(control)).await;
        let before = get(served.addr, "/api/snapshot").await.json();
        assert_eq!(before[0]["snapshot"]["elapsed"], serde_json::json!({ "secs": 0, "nanos": 0 }));
        assert_eq!(before[0]["snapshot"]["ended"], false);
        counting.run().await.unwrap();
        let after = get(served.addr, "/api/snapshot").await.json();
        assert_eq!(after[0]["snapshot"]["ended"], true);
        assert_eq!(after[0]["snapshot"]["stages"][1]["items_in"], 10);
    })
    .await;
}

/// Of two parts this process runs the upper one; nobody takes from the queue, so it is full.
#[tokio::test]
async fn a_part_is_shown_with_the_queue_that_leads_out_of_it() {
    within(async {
        let running = pipeline! {
            #![name = "shop"]
            #![role = Some("ingest")]
            iter(0..1_000u32) as numbers
                -> queue(in_memory("shop.orders").per_message(4), capacity = 64, role = "work") as orders -> map(|n| n) as work -> count()
        }
        .spawn();
        let control = running.control();
        Probe::new(&control, "orders").expect_paused().await;
        let served = served(dashboard(control.clone())).await;

        let shown = get(served.addr, "/api/pipelines").await.json();
        let (graph, drawing) = (&shown["pipelines"][0]["graph"], &shown["pipelines"][0]["drawing"]);
        assert_eq!(graph["roles"], serde_json::json!(["ingest", "work"]));
        assert_eq!(graph["links"][0]["remote"], serde_json::json!({ "queue": "shop.orders", "role": "work" }));
        let parts: Vec<_> = drawing["nodes"].as_array().unwrap().iter().map(|node| node["part"].clone()).collect();
        assert_eq!(parts, [0, 1, 1]);

        // The broker is asked while somebody looks.
        let mut snapshot = serde_json::Value::Null;
        while snapshot["links"][0]["queue"]["level"].is_null() {
            snapshot = get(served.addr, "/api/snapshot").await.json()[0]["snapshot"].take();
        }
        let states: Vec<_> = snapshot["stages"].as_array().unwrap().iter().map(|stage| stage["state"].clone()).collect();
        assert_eq!(states, ["Blocked", "Elsewhere", "Elsewhere"]);
        let queue = &snapshot["links"][0]["queue"];
        assert_eq!((&queue["paused"], &queue["level"]["pending"], &queue["received"]), (&"Full".into(), &16.into(), &().into()));
        let text = get(served.addr, "/metrics").await.text;
        for line in [
            r#"aqueduct_queue_full{pipeline="shop",link="orders"} 1"#,
            r#"aqueduct_queue_disconnected{pipeline="shop",link="orders"} 0"#,
            r#"aqueduct_queue_pending_messages{pipeline="shop",link="orders"} 16"#,
            r#"aqueduct_queue_sent_messages_total{pipeline="shop",link="orders"} 16"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
        assert!(!text.contains(r#"stage="work""#) && !text.contains("aqueduct_queue_received_messages_total{"), "{text}");
        control.abort();
        assert!(running.await.is_err());
    })
    .await;
}
