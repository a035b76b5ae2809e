//! One run of one graph: driven on a paused clock to its end, and what was seen of it.

use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aqueduct::{Control, SignalEvent, Snapshot};
use aqueduct_tests::flow::turns;
use futures_util::{FutureExt, StreamExt};
use tokio::runtime::{Builder, Handle};
use tokio::time::{Instant, sleep};

use super::check;
use super::kit::{Kit, Make, Mode, Outcome, Ready};
use super::plan::{Act, After};
use super::tree::Shape;
use super::world::{EVER, World};

const END_OF_TIME: Duration = Duration::from_millis(EVER);

/// How a run came to its end; a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Ok,
    Finished,
    Failed,
    Panicked,
    Overflow,
    TimedOut,
    Aborted,
    Dropped,
}

pub const ENDS: [End; 8] =
    [End::Ok, End::Finished, End::Failed, End::Panicked, End::Overflow, End::TimedOut, End::Aborted, End::Dropped];

/// What one run was.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub end: End,
    pub items: usize,
}

/// What is left to look at when a run is over, and its runtime gone.
pub struct Ran {
    pub control: Control,
    pub bound: Option<usize>,
    pub snapshot: Snapshot,
    pub signals: Vec<SignalEvent>,
    /// None: it was dropped.
    pub outcome: Option<Outcome>,
    /// When the outcome came, or whoever waited for it went.
    pub ended: Instant,
    /// Nothing could be awaited any more: the runtime was gone, or the tasks were dropped with the future that ran them.
    pub cut: bool,
}

/// Whether the graphs run on threads and in real time, to hunt for races. It is not deterministic, and what is stuck is told by a watchdog.
pub fn threads() -> bool {
    std::env::var("AQUEDUCT_THREADS").is_ok()
}

/// Runs a shape once, and checks all that is known of such a run.
pub fn run(shape: &Shape, make: Make, world: &Arc<World>, mode: Mode, acts: &[(After, Act)]) -> Result<Report, String> {
    let mut seen = Seen::default();
    let report = drive(shape, make, world, mode, acts, &mut seen);
    report.map_err(|wrong| {
        let state = world.state();
        let mut facts = format!("{wrong}\n\n{mode:?}, then {acts:?}\n");
        for (id, param) in world.params.iter().enumerate() {
            facts += &format!("s{id}: {} calls, given {:?}, {param:?}\n", state.calls(id), state.given(id));
        }
        facts += &format!("aims {:?}\nhits {:?}\ndone {:?}\n", world.aims, state.hits, state.done);
        format!("{facts}{}\n{}\n{}", seen.error, seen.figures, seen.graph)
    })
}

/// For the report of a failure.
#[derive(Default)]
struct Seen {
    error: String,
    figures: String,
    graph: String,
}

fn drive(
    shape: &Shape,
    make: Make,
    world: &Arc<World>,
    mode: Mode,
    acts: &[(After, Act)],
    seen: &mut Seen,
) -> Result<Report, String> {
    let runtime = if threads() {
        Builder::new_multi_thread().worker_threads(3).enable_time().build()
    } else {
        Builder::new_current_thread().enable_time().start_paused(true).build()
    };
    let runtime = runtime.map_err(|error| error.to_string())?;
    // A feeder needs the runtime.
    let Ready { control, bound, mermaid, start } = runtime.block_on(async { make(&Kit(Arc::clone(world))) });
    seen.graph = mermaid;
    let mut signals = control.signals();
    world.control.set(control.clone()).expect("a world is run once");
    let mut outcome = None;
    let (way, ended) = runtime.block_on(async {
        let future = outcome.insert(start(mode));
        (wait(future, world, acts).await, Instant::now())
    });
    seen.figures = check::figures(&control.snapshot());
    let (came, shutdown) = match way {
        Way::Came(came) => {
            seen.error = came.as_ref().err().map(|error| format!("{error:?}")).unwrap_or_default();
            (Some(came), false)
        }
        Way::Asked(act) => (None, act == Act::Shutdown),
        Way::Stuck => return Err("stuck: nothing happens any more, and there is no outcome".into()),
    };
    if !shutdown {
        drop(outcome.take());
        check::nothing_left(shape, world, came.is_some() || mode.is_local())?;
        runtime.block_on(no_task_left(came.is_some()))?;
    }
    drop(runtime);
    // On threads, tasks go on until then.
    let snapshot = control.snapshot();
    let came = match outcome {
        Some(future) if !mode.is_local() => Some(told(future)?),
        // What ran inside the future goes with it.
        future => came.filter(|_| future.is_none()),
    };
    let cut = shutdown || came.is_none() && mode.is_local();
    let signals = std::iter::from_fn(|| signals.next().now_or_never().flatten()).collect();
    check::all(shape, world, &Ran { control, bound, snapshot, signals, outcome: came, ended, cut })
}

/// What a run came to.
enum Way {
    Came(Outcome),
    /// It is to be dropped, or its runtime is.
    Asked(Act),
    Stuck,
}

async fn wait(outcome: &mut Pin<Box<dyn Future<Output = Outcome>>>, world: &World, acts: &[(After, Act)]) -> Way {
    let mut acting = pin!(act(world, acts));
    tokio::select! {
        biased;
        came = outcome => Way::Came(came),
        act = &mut acting => Way::Asked(act),
        () = sleep(END_OF_TIME) => Way::Stuck,
    }
}

/// Does what is to be done, in time or asked for by the code of a stage; ends with what is not done by a control.
async fn act(world: &World, acts: &[(After, Act)]) -> Act {
    let (mut acts, mut asked) = (acts.iter().copied(), world.asked());
    loop {
        let next = match acts.next() {
            None => asked.recv().await,
            next => next,
        };
        let Some((after, act)) = next else { pending().await };
        match after {
            After::Ms(ms) => sleep(Duration::from_millis(ms)).await,
            After::Turns(n) => turns(n).await,
        }
        world.act(act);
        if matches!(act, Act::Drop | Act::Shutdown) {
            return act;
        }
    }
}

/// The tasks of what was dropped come to their ends by themselves.
async fn no_task_left(ended: bool) -> Result<(), String> {
    let none_left = async {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let limit = if ended && !threads() { Duration::from_millis(2) } else { END_OF_TIME };
    tokio::time::timeout(limit, none_left).await.map_err(|_| "tasks are left behind".into())
}

/// The outcome of a run whose runtime is gone.
fn told(mut future: Pin<Box<dyn Future<Output = Outcome>>>) -> Result<Outcome, String> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Ok(outcome),
        Poll::Pending => Err("the runtime is gone, and there is no outcome".into()),
    }
}
