//! A pipeline cut into roles, each run as a process would run it.

use std::sync::{Arc, Mutex};

use aqueduct::pipeline;
use aqueduct::remote::{MemoryBroker, RemoteQueue, in_memory};

type Seen = Arc<Mutex<Vec<u32>>>;

/// One program, in any of its roles; `opened` counts how often its source was opened.
async fn program(
    role: Option<&str>,
    queue: RemoteQueue<MemoryBroker>,
    seen: Seen,
    opened: &Mutex<usize>,
) -> Result<Option<usize>, aqueduct::PipelineError> {
    let p = pipeline! {
        #![role = role]
        iter({ *opened.lock().unwrap() += 1; 0..1_000u32 }) -> map(|n| n * 2)
            -> queue(queue, capacity = 256, role = "work") as numbers
            -> map_async(4, async |n| n + 1)
            -> inspect(move |n| seen.lock().unwrap().push(*n))
            -> fold(0, |count, _| count + 1)
    };
    p.run().await
}

#[tokio::test(start_paused = true)]
async fn without_a_role_all_parts_run_here() {
    let (seen, opened) = (Seen::default(), Mutex::new(0));
    let out = program(None, in_memory("all").run("once"), Arc::clone(&seen), &opened).await.unwrap();
    assert_eq!(out, Some(1_000));
    assert_eq!(*seen.lock().unwrap(), (0..1_000).map(|n| n * 2 + 1).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn each_role_runs_its_part_and_opens_nothing_of_the_others() {
    let (seen, opened) = (Seen::default(), Mutex::new(0));
    let queue = in_memory("parts").run("once");
    let (above, below) = tokio::join!(
        program(Some("ingest"), queue.clone(), Arc::clone(&seen), &opened),
        program(Some("work"), queue.clone(), Arc::clone(&seen), &opened),
    );
    assert_eq!((above.unwrap(), below.unwrap()), (None, Some(1_000)));
    assert_eq!(seen.lock().unwrap().len(), 1_000);
    assert_eq!(*opened.lock().unwrap(), 1);
}

/// The same program with its role in other words.
#[tokio::test(start_paused = true)]
async fn a_role_may_be_a_text_of_either_kind() {
    macro_rules! run {
        ($role:expr, $queue:expr) => {{
            let queue = $queue.clone();
            let p = pipeline! {
                #![role = $role]
                iter(0..10u32) -> queue(queue, capacity = 64, role = "work") -> count()
            };
            async { p.run().await.unwrap() }
        }};
    }
    let queue = in_memory("texts").run("once");
    assert_eq!(tokio::join!(run!("ingest", queue), run!("work", queue)), (None, Some(10)));
    let queue = in_memory("strings").run("once");
    assert_eq!(tokio::join!(run!("ingest".to_owned(), queue), run!("work".to_owned(), queue)), (None, Some(10)));
}

#[tokio::test(start_paused = true)]
async fn parts_run_in_the_calling_task_too() {
    let queue = in_memory("here").run("once");
    let part = |role: Option<&'static str>| {
        let queue = queue.clone();
        pipeline! {
            #![role = role]
            iter(0..10u32) -> queue(queue, capacity = 64, role = "work") -> count()
        }
        .run_local()
    };
    let (above, below) = tokio::join!(part(Some("ingest")), part(Some("work")));
    assert_eq!((above.unwrap(), below.unwrap()), (None, Some(10)));
}

/// Its queue is a source there, of which nobody else says that it has ended.
#[tokio::test(start_paused = true)]
async fn a_part_that_runs_alone_finishes_though_its_queue_has_not_ended() {
    let queue = in_memory("open");
    let below = pipeline! {
        #![role = Some("work")]
        iter(0..10u32) -> queue(queue, capacity = 64, role = "work") -> count()
    };
    let running = below.spawn();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    running.control().finish();
    let outcome = tokio::time::timeout(std::time::Duration::from_secs(60), running).await;
    assert_eq!(outcome.expect("it ends").unwrap(), Some(0));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_role_is_told_with_those_there_are() {
    let opened = Mutex::new(0);
    let error = program(Some("worker"), in_memory("none"), Seen::default(), &opened).await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("there is no role `worker`") && text.contains("`ingest`, `work`"), "{text}");
    assert_eq!(*opened.lock().unwrap(), 0);
}
