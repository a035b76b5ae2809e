//! A child process for the tests of `top`: a pipeline that runs until it is asked to end, shown in the terminal. The argument says what is
//! to become of it. How it ended goes to stdout.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use aqueduct::{Control, Pipeline, pipeline, progress, top};
use tokio::time::sleep;

/// What the program does beside showing the pipeline.
#[derive(Clone, Copy, PartialEq)]
enum Course {
    /// Nothing; when the display is left it waits for a line on stdin.
    Run,
    /// The sink is never done with its second item.
    Stuck,
    /// The sink panics at its second item.
    StagePanics,
    /// The program panics when the display is on the screen.
    Panics,
    /// The display is dropped when it is on the screen.
    Dropped,
    /// The pipeline is shown a second time.
    Twice,
    /// It is shown as a progress bar, and finishes.
    Progress,
}

fn pipeline(course: Course) -> Pipeline<()> {
    let mut stored = 0;
    let store = move |_| {
        stored += 1;
        assert!(stored < 2 || course != Course::StagePanics, "the store is on fire");
        let stuck = stored > 1 && course == Course::Stuck;
        async move { if stuck { std::future::pending().await } else { sleep(Duration::from_millis(2)).await } }
    };
    pipeline! {
        #![name = "numbers"]
        iter(0..10_000_000u64) as source -> queue(8) as waiting -> for_each_async(1, store) as store
    }
    .boxed()
}

/// Waits until some items have been taken: by then something has been drawn.
async fn in_full_flow(control: &Control) {
    while control.snapshot().stage("store").is_none_or(|store| store.items_in < 200) {
        sleep(Duration::from_millis(10)).await;
    }
}

async fn show(course: Course) -> std::io::Result<()> {
    let pipeline = pipeline(course);
    let control = pipeline.control();
    let running = pipeline.spawn();
    match course {
        Course::Run | Course::Stuck | Course::StagePanics => top(&control).await?,
        Course::Panics => {
            let panics = async {
                in_full_flow(&control).await;
                panic!("the program is on fire");
            };
            tokio::join!(top(&control), panics).0?;
        }
        Course::Dropped => tokio::select! {
            shown = top(&control) => shown?,
            () = in_full_flow(&control) => {}
        },
        Course::Progress => {
            let finish = async {
                in_full_flow(&control).await;
                control.finish();
            };
            tokio::join!(progress(&control), finish);
        }
        Course::Twice => {
            let (first, second) = tokio::join!(top(&control), async {
                let refused = top(&control).await;
                control.finish();
                refused
            });
            first?;
            println!("second: {second:?}");
        }
    }
    if course == Course::Run && !control.snapshot().ended {
        let before = control.snapshot().stage("store").map_or(0, |store| store.items_in);
        let line = std::io::stdin().read(&mut [0; 80]);
        println!("line: {line:?}");
        while control.snapshot().stage("store").is_none_or(|store| store.items_in <= before) {
            sleep(Duration::from_millis(1)).await;
        }
        println!("it went on");
    }
    control.finish();
    println!("outcome: {:?}", running.await.map_err(|error| error.kind()));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let course = match std::env::args().nth(1).as_deref() {
        Some("stuck") => Course::Stuck,
        Some("stage-panics") => Course::StagePanics,
        Some("panics") => Course::Panics,
        Some("dropped") => Course::Dropped,
        Some("twice") => Course::Twice,
        Some("progress") => Course::Progress,
        _ => Course::Run,
    };
    match show(course).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
