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

#[tokio::test(start_paused = true)]
async fn an_unknown_role_is_told_with_those_there_are() {
    let opened = Mutex::new(0);
    let error = program(Some("worker"), in_memory("none"), Seen::default(), &opened).await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("there is no role `worker`") && text.contains("`ingest`, `work`"), "{text}");
    assert_eq!(*opened.lock().unwrap(), 0);
}
