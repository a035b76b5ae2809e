//! Slow pipelines, each with its cause and its cure: what the guide "My pipeline is slow" (`runtime/guides/slow.md`) walks through.
//!
//! ```text
//! cargo run --release -p aqueduct-examples --bin why_slow            # all of them
//! cargo run --release -p aqueduct-examples --bin why_slow -- waits   # one of them
//! ```
//!
//! Each runs for half a second as it is, and then cured; both times with the rate at its sink and with what
//! `control.snapshot().bottleneck()` says.

use std::hint::black_box;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use aqueduct::{Bottleneck, Running, pipeline};
use futures_util::stream;
use tokio::time::sleep;

/// How long each pipeline is watched.
const WATCHED: Duration = Duration::from_millis(500);

/// What stands for a query, or for a write to a disk.
async fn query<T>(of: T) -> T {
    sleep(Duration::from_millis(5)).await;
    of
}

/// What stands for work that keeps a processor busy, for about a millisecond.
fn compute(seed: u64) -> u64 {
    (0..1_000_000).fold(seed, |sum, n| black_box(sum ^ n))
}

/// What was seen of a run.
struct Seen {
    /// Items that came to the stage `sink`.
    items: u64,
    bottleneck: Option<Bottleneck>,
}

/// Lets a pipeline run for a while, and looks at it.
async fn watch<O>(running: Running<O>) -> Seen {
    let control = running.control();
    sleep(WATCHED).await;
    let snapshot = control.snapshot();
    control.abort();
    // It was aborted: there is nothing else to hear.
    let _ = running.await;
    Seen { items: snapshot.stage("sink").map_or(0, |sink| sink.items_in), bottleneck: snapshot.bottleneck() }
}

async fn waits(cured: bool) -> Seen {
    if cured {
        watch(pipeline! { iter(0u64..) as source -> map_async(16, async |n| query(n).await) as enrich -> discard() as sink }.spawn()).await
    } else {
        watch(
            pipeline! { iter(0u64..) as source -> then(async |n| query(n).await) as enrich -> discard() as sink }
                .spawn(),
        )
        .await
    }
}

async fn writes(cured: bool) -> Seen {
    if cured {
        let run = pipeline! {
            iter(0u64..) as source -> inspect(|_| {}) as sink -> batch(100, 50ms)
            -> for_each_async(1, async |_| { query(()).await; }) as store
        };
        watch(run.spawn()).await
    } else {
        let run = pipeline! {
            iter(0u64..) as source -> queue(100) -> inspect(|_| {}) as sink
            -> for_each_async(1, async |_| { query(()).await; }) as store
        };
        watch(run.spawn()).await
    }
}

async fn computes(cured: bool) -> Seen {
    if cured {
        let copies = std::thread::available_parallelism().map_or(1, usize::from);
        let run = pipeline! { iter(0u64..) as source -> queue(16) -> parallel(copies) { map(compute) as work } -> discard() as sink };
        watch(run.spawn()).await
    } else {
        watch(pipeline! { iter(0u64..) as source -> queue(16) -> map(compute) as work -> discard() as sink }.spawn())
            .await
    }
}

async fn blocks(cured: bool) -> Seen {
    let read = |n: u64| {
        std::thread::sleep(Duration::from_millis(5));
        n
    };
    if cured {
        watch(pipeline! { iter(0u64..) as source -> map_blocking(16, read) as read -> discard() as sink }.spawn()).await
    } else {
        watch(pipeline! { iter(0u64..) as source -> queue(16) -> map(read) as read -> discard() as sink }.spawn()).await
    }
}

async fn side(cured: bool) -> Seen {
    if cured {
        let run = pipeline! {
            iter(0u64..) as source -> tap { queue(16) -> for_each_async(1, async |_| { query(()).await; }) as archive }
            -> throttle(2000, 1s) -> discard() as sink
        };
        watch(run.spawn()).await
    } else {
        let run = pipeline! {
            iter(0u64..) as source -> broadcast {
                queue(16) -> for_each_async(1, async |_| { query(()).await; }) as archive,
                throttle(2000, 1s) -> discard() as sink,
            }
        };
        watch(run.spawn()).await
    }
}

async fn source(cured: bool) -> Seen {
    let rows = stream::iter(0u64..);
    if cured {
        // Several pages are asked for at once.
        let run = pipeline! {
            stream(rows) as pages -> map_async(8, async |n| query(n).await) as ask -> discard() as sink
        };
        watch(run.spawn()).await
    } else {
        let run = pipeline! { stream(stream::unfold(0u64, async |n| Some((query(n).await, n + 1)))) as pages -> queue(16) -> discard() as sink };
        watch(run.spawn()).await
    }
}

/// A pipeline that is slow: its name here, its symptom, its cure, and how it does without and with that.
struct Case {
    name: &'static str,
    symptom: &'static str,
    cure: &'static str,
    run: fn(bool) -> Pin<Box<dyn Future<Output = Seen>>>,
}

const CASES: &[Case] = &[
    Case {
        name: "waits",
        symptom: "each item waits 5 ms for a query, one after the other",
        cure: "map_async(16, …) in place of then(…): sixteen queries are under way at once",
        run: |cured| Box::pin(waits(cured)),
    },
    Case {
        name: "writes",
        symptom: "each item is written by itself, in 5 ms",
        cure: "batch(100, 50ms) before the sink: a hundred items a write",
        run: |cured| Box::pin(writes(cured)),
    },
    Case {
        name: "computes",
        symptom: "each item keeps a processor busy, and all of them are worked on in one task",
        cure: "parallel(n) { … }: as many copies as there are processors",
        run: |cured| Box::pin(computes(cured)),
    },
    Case {
        name: "blocks",
        symptom: "a function blocks its thread for 5 ms an item",
        cure: "map_blocking(16, …) in place of map(…): sixteen threads wait at once",
        run: |cured| Box::pin(blocks(cured)),
    },
    Case {
        name: "side",
        symptom: "a copy that nobody needs in full is slow, and holds the main flow",
        cure: "tap { … } in place of broadcast { … }: the side branch loses items, the main flow does not wait",
        run: |cured| Box::pin(side(cured)),
    },
    Case {
        name: "source",
        symptom: "no stage is held back: the source asks for one page after the other",
        cure: "ask in a stage of its own, map_async(8, …): eight pages at once",
        run: |cured| Box::pin(source(cured)),
    },
];

fn tell(how: &str, Seen { items, bottleneck }: Seen) {
    println!("  {how:<6} {:>8.0} items/s", items as f64 / WATCHED.as_secs_f64());
    match bottleneck {
        Some(bottleneck) => println!("         {bottleneck}"),
        None => println!("         nothing is held back: the source is what is slow"),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let known = |name: &String| CASES.iter().any(|case| case.name == name);
    if let Some(name) = wanted.iter().find(|name| !known(name)) {
        let names: Vec<_> = CASES.iter().map(|case| case.name).collect();
        eprintln!("why_slow: there is no case `{name}`; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    for case in CASES.iter().filter(|case| wanted.is_empty() || wanted.iter().any(|name| name == case.name)) {
        println!("{}: {}", case.name, case.symptom);
        tell("slow", (case.run)(false).await);
        println!("  cure: {}", case.cure);
        tell("cured", (case.run)(true).await);
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use aqueduct_tests::ends::within;

    use super::*;

    /// The cause that is named, and how many items came.
    async fn seen(run: impl Future<Output = Seen>) -> (Option<String>, u64) {
        let Seen { items, bottleneck } = within(run).await;
        (bottleneck.map(|bottleneck| bottleneck.stage.to_string()), items)
    }

    fn is(name: &str) -> Option<String> {
        Some(name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_stage_that_waits_is_named_and_waits_for_sixteen_at_once() {
        assert_eq!(seen(waits(false)).await, (is("enrich"), 99));
        assert_eq!(seen(waits(true)).await, (is("enrich"), 99 * 16));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sink_that_writes_is_named_and_writes_a_hundred_at_once() {
        let (cause, items) = seen(writes(false)).await;
        assert_eq!(cause, is("store"));
        let (cause, more) = seen(writes(true)).await;
        assert_eq!(cause, is("store"));
        assert!(more > 30 * items, "{items}, {more}");
    }

    #[tokio::test]
    async fn a_stage_that_computes_is_named_busy() {
        let Seen { bottleneck, .. } = within(computes(false)).await;
        let found = bottleneck.expect("the stage");
        assert_eq!(found.stage, "work");
        assert!(found.busy > found.waiting, "{found:?}");
        assert_eq!(seen(computes(true)).await.0, is("parallel"));
    }

    #[tokio::test]
    async fn a_stage_that_blocks_is_named_and_blocks_threads_of_its_own() {
        let (cause, items) = seen(blocks(false)).await;
        assert_eq!(cause, is("read"));
        let (cause, more) = seen(blocks(true)).await;
        assert_eq!(cause, is("read"));
        assert!(more > items, "{items}, {more}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_copy_is_named_and_a_tap_holds_nobody() {
        let (cause, items) = seen(side(false)).await;
        assert_eq!(cause, is("archive"));
        let (cause, more) = seen(side(true)).await;
        assert_eq!(cause, is("throttle"));
        assert!(more > 5 * items, "{items}, {more}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_source_holds_nobody() {
        assert_eq!(seen(source(false)).await, (None, 99));
        assert_eq!(seen(source(true)).await, (is("ask"), 8 * 99));
    }
}
