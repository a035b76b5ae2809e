//! What is told as it happens, and to how many.

use aqueduct::testkit::{Gate, Probe};
use aqueduct::{dashboard, pipeline};
use aqueduct_tests::ends::within;
use hyper::StatusCode;
use tokio::net::TcpListener;

use crate::client::{Events, get};
use crate::{served, stuck};

#[tokio::test]
async fn a_run_is_told_as_snapshots_signals_and_its_end() {
    within(async {
        let gate = Gate::new();
        let passes = gate.clone();
        let counting = pipeline! {
            iter(0..10u32) -> queue(4) as waiting -> then(async move |n| { passes.pass().await; n }) -> count()
        };
        let control = counting.control();
        let served = served(dashboard(control.clone())).await;
        let mut events = Events::open(served.addr, "/api/events?every=100").await;
        let (name, first) = events.next().await.unwrap();
        assert_eq!((&*name, &first[0]["snapshot"]["links"][0]["len"]), ("snapshot", &0.into()));

        let running = counting.spawn();
        let pause = events.wait_for("signal").await;
        let expected = serde_json::json!({
            "pipeline": 0, "link": "waiting", "from": "iter", "to": "then", "signal": "Pause", "len": 4, "times": 1, "missed": 0,
        });
        assert_eq!(pause, expected);
        while events.wait_for("snapshot").await[0]["snapshot"]["links"][0]["paused"] != true {}

        gate.open();
        running.await.unwrap();
        let mut last = None;
        let end = loop {
            match events.next().await.unwrap() {
                (name, data) if name == "end" => break data,
                (name, data) if name == "snapshot" => last = Some(data),
                _ => {}
            }
        };
        assert_eq!(end, serde_json::json!({ "pipeline": 0 }));
        assert_eq!(last.unwrap()[0]["snapshot"], serde_json::to_value(control.snapshot()).unwrap());

        // Who comes later hears the same.
        let mut late = Events::open(served.addr, "/api/events").await;
        assert_eq!(late.next().await.unwrap().0, "snapshot");
        assert_eq!(late.next().await.unwrap().0, "end");
    })
    .await;
}

/// Thousands of signals come as a few events, which say how many they were.
#[tokio::test]
async fn many_signals_are_told_together() {
    within(async {
        let gate = Gate::new();
        let passes = gate.clone();
        let counting = pipeline! {
            iter(0..20_000u32) -> then(async move |n| { passes.pass().await; n }) -> queue(1) as narrow -> then(async |n| n) -> count()
        };
        let control = counting.control();
        let served = served(dashboard(control.clone())).await;
        let mut events = Events::open(served.addr, "/api/events").await;
        events.next().await.unwrap();
        let running = counting.spawn();
        gate.open();
        running.await.unwrap();
        let (mut told, mut times) = (0, 0);
        loop {
            match events.next().await.unwrap() {
                (name, data) if name == "signal" && data["link"] == "narrow" => {
                    told += 1;
                    times += data["times"].as_u64().unwrap();
                }
                (name, _) if name == "end" => break,
                _ => {}
            }
        }
        let pauses = control.snapshot().link("narrow").unwrap().pauses;
        assert!(pauses > 1_000 && told < 500 && times > 2, "{pauses} pauses in {told} events of {times}");
    })
    .await;
}

#[tokio::test]
async fn how_often_is_asked_in_range() {
    within(async {
        let (running, _gate) = stuck("import").await;
        let served = served(dashboard(running.control())).await;
        for every in ["every=99", "every=60001", "every=x", "every=-1", "often=1"] {
            let refused = get(served.addr, &format!("/api/events?{every}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{every}");
        }
        let refused = get(served.addr, "/api/events?every=1").await;
        assert_eq!(refused.text, "`every` is a number of milliseconds, from 100 to 60000\n");
    })
    .await;
}

/// Clients that read nothing hold neither the pipeline nor others, and are no more than 64.
#[tokio::test]
async fn clients_that_do_not_read_hold_nobody() {
    within(async {
        let counting = pipeline! { iter(0..10_000u32) -> queue(2) -> then(async |n| n) -> queue(2) -> count() };
        let control = counting.control();
        let served = served(dashboard(control.clone())).await;
        let mut silent = Vec::new();
        for _ in 0..63 {
            silent.push(Events::open(served.addr, "/api/events?every=500").await);
        }
        assert_eq!(counting.run().await.unwrap(), 10_000);
        assert_eq!(get(served.addr, "/api/snapshot").await.json()[0]["snapshot"]["ended"], true);

        silent.push(Events::open(served.addr, "/api/events").await);
        let waits = tokio::spawn(async move { get(served.addr, "/api/snapshot").await });
        silent.remove(0); // it goes, and who waits is answered
        assert_eq!(waits.await.unwrap().status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn dropped_it_closes_its_address_and_all_connections() {
    within(async {
        let (running, gate) = stuck("import").await;
        let serving = dashboard(running.control()).bind("127.0.0.1:0").await.unwrap();
        let addr = serving.addr();
        let task = tokio::spawn(serving);
        let mut events = Events::open(addr, "/api/events").await;
        assert_eq!(events.next().await.unwrap().0, "snapshot");
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        while events.next().await.is_some() {}
        TcpListener::bind(addr).await.unwrap();

        // The pipeline does not notice.
        Probe::new(&running.control(), "waiting").expect_paused().await;
        gate.open();
        assert_eq!(running.await.unwrap(), 10);
    })
    .await;
}
