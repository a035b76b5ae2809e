//! What is seen of a pipeline that is cut into roles: its graph, its pictures, its snapshots, its signals and its bound, in each of its processes.

use std::time::Duration;

use aqueduct::remote::{Reason, in_memory};
use aqueduct::{Graph, Pipeline, Signal, StageState, pipeline};
use futures_util::StreamExt;

/// Three roles: `enrich` is fed by `ingest`, and feeds `store`; in each part there is a link in memory.
fn shop(role: Option<&str>) -> Pipeline<Option<u64>> {
    let (orders, rows) = (in_memory("shop.orders").per_message(4), in_memory("shop.rows").per_message(4));
    pipeline! {
        #![role = role]
        iter(0..1_000u32) as numbers -> queue(8) as read -> map(|n| n + 1) as parse
            -> queue(orders, capacity = 64, low = 32, role = "enrich") as orders
            -> then(async |n: u32| n) as ask -> queue(2) -> filter(|_| true) as keep
            -> queue(rows, capacity = 128, role = "store") as rows
            -> map(|n| n) as pack -> queue(5) as packed -> count() as insert
    }
    .boxed()
}

const ROLES: [&str; 3] = ["ingest", "enrich", "store"];

/// What the text says of a graph, whatever runs here.
fn text(graph: &Graph) -> String {
    let stages = graph.stages.iter().map(|stage| format!("{} {:?} {}", stage.name, stage.part, stage.task));
    let links = graph.links.iter().map(|link| {
        let role = link.remote.as_ref().map(|remote| &remote.role);
        format!("{} {}->{} {role:?}", link.name, link.from, link.to)
    });
    let fused = graph.fused.iter().map(|edge| format!("{}-{}", edge.from, edge.to));
    format!("{:?}\n", graph.roles) + &stages.chain(links).chain(fused).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_graph_is_that_of_the_text_whatever_role_runs_here() {
    let all = shop(None);
    let graph = all.graph();
    assert_eq!(graph.roles, ROLES);
    let parts = ["ingest", "ingest", "enrich", "enrich", "store", "store"].map(Some);
    assert_eq!(graph.stages.iter().map(|stage| stage.part.as_deref()).collect::<Vec<_>>(), parts);
    let links: Vec<_> = graph.links.iter().map(|link| (&*link.name, link.capacity)).collect();
    assert_eq!(links, [("read", 8), ("orders", 64), ("queue", 2), ("rows", 128), ("packed", 5)]);
    let remote: Vec<_> = graph.links.iter().filter_map(|link| link.remote.clone()).collect();
    let names = remote.iter().map(|remote| (remote.queue.as_deref(), remote.role.as_deref()));
    assert!(names.eq([(Some("shop.orders"), Some("enrich")), (Some("shop.rows"), Some("store"))]), "{remote:?}");

    for role in ROLES {
        let part = shop(Some(role));
        assert_eq!(text(part.graph()), text(graph), "{role}");
    }
    let unknown = shop(Some("nobody"));
    assert_eq!(text(unknown.graph()), text(graph));

    // What is between two other processes has a name, and no size that anybody here knows.
    let ingest = shop(Some("ingest"));
    let links = ingest.graph().links.iter().map(|link| (&*link.name, link.capacity));
    assert!(links.eq([("read", 8), ("orders", 64), ("queue", 0), ("rows", 0), ("packed", 0)]));
}

#[tokio::test]
async fn pictures_have_a_box_for_each_role_and_dash_what_a_broker_keeps() {
    let shop = shop(Some("ingest"));
    assert_eq!(
        shop.graph().to_mermaid(),
        r#"flowchart LR
  subgraph r0["ingest"]
    s0(["numbers"])
    s1["parse"]
  end
  subgraph r1["enrich"]
    s2["ask"]
    s3["keep"]
  end
  subgraph r2["store"]
    s4["pack"]
    s5[["insert"]]
  end
  s0 == "read: 8 items" ==> s1
  s1 -. "orders: 64 items" .-> s2
  s2 ==> s3
  s3 -. "rows" .-> s4
  s4 == "packed" ==> s5
"#
    );
    let dot = shop.graph().to_dot();
    for line in [
        "  subgraph cluster_r1 {\n    subgraph cluster_2 {\n      style=rounded; color=gray;\n      s2 [label=\"ask\", shape=box, tooltip=",
        "    }\n    label=\"enrich\"; style=dashed;\n  }\n",
        "  s1 -> s2 [label=\"orders: 64 items\", style=dashed];\n",
        "  s2 -> s3 [style=bold];\n",
        "  s3 -> s4 [label=\"rows\", style=dashed];\n",
    ] {
        assert!(dot.contains(line), "{line}\nis not in\n{dot}");
    }
}

#[tokio::test(start_paused = true)]
async fn stages_of_other_parts_run_elsewhere_and_are_no_bottleneck() {
    // Nobody takes from the queue: it is full.
    let ingest = pipeline! {
        #![role = Some("ingest")]
        #![stall = 1s]
        iter(0..1_000u32) as numbers -> queue(8) as read -> map(|n| n) as parse
            -> queue(in_memory("full").per_message(4), capacity = 64, role = "work") as orders -> map(|n| n) as work -> count()
    };
    let control = ingest.control();
    let (mut signals, mut stalls) = (control.signals(), control.stalls());
    let running = ingest.spawn();
    let mut event = signals.next().await.unwrap();
    while event.link != "orders" {
        event = signals.next().await.unwrap();
    }
    assert_eq!((&*event.from, &*event.to, event.signal), ("parse", "work", Signal::Pause));
    assert!(event.len <= 64, "{event:?}");

    let stall = stalls.next().await.unwrap();
    for snapshot in [control.snapshot(), stall.snapshot] {
        let states: Vec<_> = snapshot.stages.iter().map(|stage| stage.state).collect();
        use StageState::{Blocked, Elsewhere};
        assert_eq!(states, [Blocked, Blocked, Elsewhere, Elsewhere]);
        let work = snapshot.stage("work").unwrap();
        assert_eq!([work.busy, work.blocked, work.idle, work.waiting], [Duration::ZERO; 4]);
        assert_eq!(work.state.to_string(), "elsewhere");
        let orders = snapshot.link("orders").unwrap();
        assert!(orders.paused && snapshot.link("read").unwrap().paused);
        assert_eq!(orders.queue.as_ref().unwrap().paused, Some(Reason::Full));
        assert_eq!(snapshot.bottleneck().map(|found| found.stage), None, "what holds it is not here");
    }
    control.abort();
    assert!(running.await.is_err());
    let ended = control.snapshot();
    let states = ["numbers", "work"].map(|stage| ended.stage(stage).unwrap().state);
    assert_eq!(states, [StageState::Ended, StageState::Elsewhere]);
}

#[tokio::test(start_paused = true)]
async fn a_link_between_two_other_processes_is_in_no_snapshot() {
    let snapshot = shop(Some("ingest")).control().snapshot();
    assert_eq!(snapshot.links.iter().map(|link| &*link.name).collect::<Vec<_>>(), ["read", "orders"]);
    let here: Vec<_> = snapshot.stages.iter().map(|stage| stage.state == StageState::Elsewhere).collect();
    assert_eq!(here, [false, false, true, true, true, true]);
    let snapshot = shop(Some("enrich")).control().snapshot();
    assert_eq!(snapshot.links.iter().map(|link| &*link.name).collect::<Vec<_>>(), ["orders", "queue", "rows"]);
}

#[tokio::test(start_paused = true)]
async fn in_one_process_the_stage_below_is_the_bottleneck_and_signals_come_as_of_any_link() {
    let p = pipeline! {
        #![role = None::<String>]
        iter(0..400u32) as numbers -> queue(in_memory("slow").per_message(4).room(8), capacity = 64, low = 16, role = "work") as orders
            -> for_each_async(1, async |_| tokio::time::sleep(Duration::from_millis(10)).await) as store
    };
    let control = p.control();
    let mut signals = control.signals().filter(|event| std::future::ready(event.link == "orders"));
    let running = p.spawn();
    let mut told = Vec::new();
    let mut before = control.snapshot();
    while let Some(event) = signals.next().await {
        assert_eq!((&*event.from, &*event.to), ("numbers", "store"));
        let paused = event.signal == Signal::Pause;
        assert!(event.len <= 64 && (paused || event.len <= 16), "{event:?}");
        let now = control.snapshot();
        if paused {
            let link = now.link("orders").unwrap();
            assert_eq!((link.paused, link.queue.as_ref().unwrap().paused.as_ref()), (true, Some(&Reason::Full)));
            before = now;
        } else {
            // From the Pause to the Drain.
            let found = now.since(&before).bottleneck().expect("`store` holds `numbers` back");
            assert_eq!((&*found.stage, &*found.link, &*found.holds_back[0].stage), ("store", "orders", "numbers"));
        }
        told.push(event.signal);
    }
    assert!(told.len() >= 4, "{told:?}");
    let alternate = told.iter().enumerate().all(|(n, signal)| *signal == [Signal::Pause, Signal::Drain][n % 2]);
    assert!(alternate, "{told:?}");
    running.await.unwrap();
}

#[tokio::test]
async fn the_bound_of_a_process_is_what_can_be_in_it() {
    let part = |role: Option<&str>| {
        let queue = in_memory("bound").per_message(4).window(2).room(32);
        let p = pipeline! {
            #![role = role]
            iter(0..10u32) -> queue(3) -> map(|n| n) -> queue(queue, capacity = 1_000_000, role = "work") -> discard()
        };
        (p.bound(), p.graph().bound)
    };
    // An item in the hand of each task; above the queue a link of 3, and (2 + 2) messages of four; 32 items below it.
    assert_eq!(part(Some("ingest")), (Some(2 + 3 + 16), Some(2 + 3 + 16)));
    assert_eq!(part(Some("work")), (Some(1 + 32), Some(1 + 32)));
    assert_eq!(part(None), (Some(3 + 3 + 16 + 32), Some(3 + 3 + 16 + 32)));
    assert_eq!(part(Some("nobody")).0, Some(0));
}
