//! When a worker's run has ended, the broker knows what became of all that it had. Its process may end at once.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use aqueduct::remote::{MemoryBroker, RemoteQueue, in_memory};
use aqueduct::testkit::Gate;
use aqueduct::{Pipeline, pipeline};
use aqueduct_remote_tests::items::{Count, within};
use futures_util::future::join;

const ITEMS: u64 = 100;
const SHAPES: [Shape; 3] = [Shape::Block, Shape::Chain, Shape::Sink];

/// As a process does that ends as soon as it may: what still runs besides is gone. With `run_local` nothing else has a turn after the run.
fn process<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(within(run))
}

/// Where the worker's half lies: in the async block of a stage, at the head of a chain, or before a sink that has a task.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Block,
    Chain,
    Sink,
}

/// One program, in either role: what comes out is counted, but for items that fail. Each waits at the gate.
fn program(
    shape: Shape,
    role: &str,
    queue: &RemoteQueue<MemoryBroker>,
    failing: Range<u64>,
    gate: &Gate,
    count: &Arc<Mutex<Count>>,
) -> Pipeline<Option<()>> {
    let (gate, count) = (gate.clone(), Arc::clone(count));
    let work = move |item: u64| {
        let (gate, fails) = (gate.clone(), failing.contains(&item));
        async move {
            gate.pass().await;
            if fails { Err("fails") } else { Ok(item) }
        }
    };
    let store = move |item| count.lock().unwrap().add([item]);
    let queue = queue.clone();
    match shape {
        Shape::Block => pipeline! {
            #![role = Some(role)]
            iter(0..ITEMS) -> queue(queue, capacity = 1_000, role = "work") -> map_async(4, work)? -> for_each(store)
        }
        .boxed(),
        Shape::Chain => pipeline! {
            #![role = Some(role)]
            iter(0..ITEMS) -> queue(queue, capacity = 1_000, role = "work") -> then(work)? -> for_each(store)
        }
        .boxed(),
        Shape::Sink => pipeline! {
            #![role = Some(role)]
            iter(0..ITEMS) -> queue(queue, capacity = 1_000, role = "work")
                -> for_each_async(1, move |item| {
                    let (outcome, store) = (work(item), store.clone());
                    async move { outcome.await.map(store) }
                })?
        }
        .boxed(),
    }
}

fn queue() -> RemoteQueue<MemoryBroker> {
    in_memory("numbers").per_message(8).attempts(2).run("once")
}

/// Also of the message of which it has had a part only.
#[test]
fn who_has_finished_leaves_nothing_that_comes_again() {
    for (shape, allowed) in SHAPES.into_iter().flat_map(|shape| [1, 5, 8, 13].map(|allowed| (shape, allowed))) {
        let (queue, gate, count) = (queue(), Gate::new(), Arc::default());
        let program = |role| program(shape, role, &queue, 0..0, &gate, &count);
        process(program("ingest").run()).unwrap();
        let worker = program("work");
        let control = worker.control();
        let told = async {
            gate.allow(allowed);
            while gate.arrived() <= allowed {
                tokio::task::yield_now().await;
            }
            control.finish();
            gate.open();
        };
        process(join(worker.run_local(), told)).0.unwrap();
        let came = ITEMS - count.lock().unwrap().lost(ITEMS);
        assert!(came < ITEMS / 2, "it has left early: {came}");
        process(program("work").run()).unwrap();
        let count = count.lock().unwrap();
        assert_eq!((count.lost(ITEMS), count.repeated()), (0, 0));
    }
}

/// So the item is found by as many runs as it may fail alone, and one before.
#[test]
fn who_has_failed_has_said_at_which_item() {
    for shape in SHAPES {
        let (queue, gate, count) = (queue(), Gate::new(), Arc::default());
        gate.open();
        let program = |role| program(shape, role, &queue, 13..14, &gate, &count);
        process(program("ingest").run()).unwrap();
        let failures = (0..).take_while(|_| process(program("work").run_local()).is_err()).count();
        assert_eq!(failures, 1 + 2, "{shape:?}");
        assert_eq!(count.lock().unwrap().lost(ITEMS), 1);
    }
}
