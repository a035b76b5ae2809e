//! One run of one graph: drawn, driven on a paused clock, and checked against the model.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::{Control, ErrorKind, PipelineError, Signal, SignalEvent, Snapshot};
use aqueduct_tests::flow::{Dice, turns};
use futures_util::{FutureExt, StreamExt};
use tokio::runtime::{Builder, Handle};
use tokio::time::sleep;

use super::kit::{Got, Kit, Make, Mode, Ready};
use super::model::{Comes, expect};
use super::tree::{Part, Policy, Shape, Sink, Step};
use super::world::{Fault, State, World, copies};

/// Longer than all delays of a run together.
const EVER: Duration = Duration::from_secs(1_000_000_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Pause,
    Resume,
    Finish,
    FinishWithin(u64),
    Abort,
    /// The future is dropped.
    Drop,
    Look,
}

/// How a run came to its end; a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Ok,
    Finished,
    Failed,
    Panicked,
    Overflow,
    Aborted,
    Dropped,
}

pub const ENDS: [End; 7] =
    [End::Ok, End::Finished, End::Failed, End::Panicked, End::Overflow, End::Aborted, End::Dropped];

/// What one run was.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub end: End,
    pub items: usize,
}

macro_rules! check {
    ($holds:expr, $($words:tt)*) => {
        if !$holds {
            return Err(format!($($words)*));
        }
    };
}

/// Whether the graphs run on threads and in real time, to hunt for races. It is not deterministic, and what is stuck is told by a watchdog.
pub fn threads() -> bool {
    std::env::var("AQUEDUCT_THREADS").is_ok()
}

/// Runs a shape once.
pub fn run(shape: &Shape, make: Make, seed: u64) -> Result<Report, String> {
    let mut dice = Dice(seed);
    let world = Arc::new(World::draw(shape, &mut dice));
    let mode = [Mode::Run, Mode::Local, Mode::Spawn][dice.below(3) as usize];
    let acts = acts(&mut dice);
    let runtime = if threads() {
        Builder::new_multi_thread().worker_threads(3).enable_time().build()
    } else {
        Builder::new_current_thread().enable_time().start_paused(true).build()
    };
    let runtime = runtime.map_err(|error| error.to_string())?;
    let mut seen = Seen::default();
    let outcome = runtime.block_on(drive(shape, make, &world, mode, &acts, &mut seen));
    drop(runtime);
    outcome.map_err(|wrong| {
        let state = world.state();
        let mut facts = format!("{wrong}\n\n{mode:?}, then {acts:?}\n");
        for (id, param) in world.params.iter().enumerate() {
            let (calls, source) = (state.calls[id], state.sources[id]);
            facts += &format!("s{id}: {calls} calls, given {}, {param:?}\n", source.given);
        }
        facts
            + &format!(
                "faults {:?}, bad clone {:?}\n{}\n{}",
                state.faults, world.bad_clone, seen.snapshot, seen.mermaid
            )
    })
}

/// When something is done, after what was done before.
#[derive(Clone, Copy, Debug)]
enum After {
    Ms(u64),
    /// So many turns of the other tasks.
    Turns(usize),
}

fn acts(dice: &mut Dice) -> Vec<(After, Act)> {
    let mut acts = Vec::new();
    for _ in 0..[0, 0, 1, 1, 2][dice.below(5) as usize] {
        let act = [
            Act::Look,
            Act::Pause,
            Act::Finish,
            Act::Finish,
            Act::FinishWithin(dice.below(200)),
            Act::Abort,
            Act::Drop,
        ][dice.below(7) as usize];
        let late = [1, 10, 100, 1000][dice.below(4) as usize];
        let after =
            if dice.below(3) == 0 { After::Turns(dice.below(40) as usize) } else { After::Ms(dice.below(late)) };
        acts.push((after, act));
        if act == Act::Pause {
            acts.push((After::Ms(dice.below(300)), if dice.below(4) == 0 { Act::Finish } else { Act::Resume }));
        }
    }
    acts
}

/// For the report of a failure.
#[derive(Default)]
struct Seen {
    mermaid: String,
    snapshot: String,
}

async fn drive(
    shape: &Shape,
    make: Make,
    world: &Arc<World>,
    mode: Mode,
    acts: &[(After, Act)],
    seen: &mut Seen,
) -> Result<Report, String> {
    let Ready { control, bound, mermaid, start } = make(&Kit(Arc::clone(world)));
    seen.mermaid = mermaid;
    let mut signals = control.signals();
    let mut outcome = start(mode);
    let mut done = Vec::new();
    let ended = {
        let mut actor = pin!(act(&control, acts, &mut done));
        tokio::select! {
            biased;
            outcome = &mut outcome => Some(outcome),
            () = &mut actor => None,
            () = sleep(EVER) => {
                seen.snapshot = figures(&control.snapshot());
                return Err("stuck: nothing happens any more, and there is no outcome".into());
            }
        }
    };
    let snapshot = control.snapshot();
    seen.snapshot = figures(&control.snapshot());
    if ended.is_some() || mode == Mode::Local {
        drop(outcome);
        let live = world.state().live;
        check!(live == 0, "{live} items are left at the end");
    } else {
        drop(outcome);
    }
    // The tasks of what was dropped come to their ends by themselves.
    let none_left = async {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let limit = if ended.is_some() && !threads() { Duration::from_millis(2) } else { EVER };
    check!(tokio::time::timeout(limit, none_left).await.is_ok(), "tasks are left behind");

    let state = world.state();
    check!(state.live == 0, "{} items are left", state.live);
    check!(state.drops.iter().all(|drops| *drops == 1), "an item was dropped twice");
    check_bound(shape, bound, state.peak)?;
    check_links(&snapshot)?;
    check_signals(&control, &snapshot, std::iter::from_fn(|| signals.next().now_or_never().flatten()))?;
    let forced = done.iter().any(|act| matches!(act, Act::FinishWithin(_)));
    check_sources(shape, &state, forced, ended.is_none() && mode == Mode::Local)?;
    let end = match &ended {
        None => End::Dropped,
        Some(Err(error)) => check_error(error, shape, world, &state, &snapshot, &done)?,
        Some(Ok(_)) if done.iter().any(|act| matches!(act, Act::Finish | Act::FinishWithin(_))) => End::Finished,
        Some(Ok(_)) => End::Ok,
    };
    let is_ok = matches!(end, End::Ok | End::Finished);
    if end == End::Ok && !shape.ends_early() {
        for part in shape.parts() {
            if let Part::Source(id) | Part::Iter(id) = part {
                let (given, all) = (state.sources[id].given, world.params[id].items);
                check!(given == all, "s{id} gave {given} of {all}");
            }
        }
    }
    if is_ok && !shape.ends_early() {
        check!(state.faults.is_empty() && !state.clone_fault, "a failure was not reported");
        check_counts(shape, &state, &snapshot)?;
    }

    let expected = expect(shape, world, |id| state.sources[id].given);
    for Comes { id, stream } in &expected.sinks {
        let log = &state.logs[*id];
        stream.check(log, is_ok).map_err(|wrong| format!("sink s{id}: {wrong}"))?;
    }
    if let Some(Ok(outputs)) = &ended {
        check_outputs(shape, &state, outputs)?;
        for (Comes { id, stream }, next) in &expected.lossy {
            let came = next.map_or(0, |next| state.calls[next]) as usize;
            let dropped = dropped(&snapshot, &format!("s{id}"));
            if let Some(next) = next.filter(|_| stream.is_exact() && !shape.ends_early()) {
                let all = stream.all();
                check!(came + dropped == all, "link s{id}: {all} came, {dropped} dropped, {came} came to s{next}");
            }
        }
    }
    Ok(Report { end, items: state.drops.len() })
}

/// Does what is to be done; ends when the pipeline is to be dropped, and only then.
async fn act(control: &Control, acts: &[(After, Act)], done: &mut Vec<Act>) {
    for (after, act) in acts {
        match after {
            After::Ms(ms) => sleep(Duration::from_millis(*ms)).await,
            After::Turns(n) => turns(*n).await,
        }
        done.push(*act);
        match act {
            Act::Pause => control.pause(),
            Act::Resume => control.resume(),
            Act::Finish => control.finish(),
            Act::FinishWithin(ms) => control.finish_within(Duration::from_millis(*ms)),
            Act::Abort => control.abort(),
            Act::Drop => return,
            Act::Look => {
                for link in control.snapshot().links {
                    assert!(link.len <= link.capacity, "{link:?}");
                }
            }
        }
    }
    std::future::pending().await
}

fn figures(snapshot: &Snapshot) -> String {
    let stages = snapshot.stages.iter().map(|stage| {
        format!("{}: {} in, {} out, {} dropped\n", stage.name, stage.items_in, stage.items_out, stage.dropped)
    });
    let links = snapshot.links.iter().map(|link| {
        let paused = if link.paused { ", paused" } else { "" };
        format!(
            "{}: {} of {}, low {}{paused}, {} dropped\n",
            link.name, link.len, link.capacity, link.low, link.dropped
        )
    });
    stages.chain(links).collect()
}

fn dropped(snapshot: &Snapshot, link: &str) -> usize {
    let links = snapshot.links.iter().filter(|known| known.name == link);
    links.map(|link| link.dropped as usize).sum()
}

fn check_bound(shape: &Shape, bound: Option<usize>, peak: usize) -> Result<(), String> {
    let bound = bound.ok_or("there is no bound")?;
    // A batch is one value.
    if !shape.has(|part| matches!(part, Part::Step(_, Step::Batch | Step::Chunks))) {
        check!(peak <= bound, "there were {peak} items at once, and the bound is {bound}");
    }
    Ok(())
}

fn check_links(snapshot: &Snapshot) -> Result<(), String> {
    for link in &snapshot.links {
        check!(link.max_len <= link.capacity, "a link held more than its capacity: {link:?}");
    }
    Ok(())
}

/// Pause and Drain in turn, Pause first and when full (L3). The figures of links that are copies are added up, and their signals mixed.
fn check_signals(
    control: &Control,
    snapshot: &Snapshot,
    events: impl Iterator<Item = SignalEvent>,
) -> Result<(), String> {
    let graph = control.graph();
    let mut links = HashMap::new();
    let mut copies = HashSet::new();
    for link in &snapshot.links {
        links.insert(link.name.to_string(), (link, Signal::Pause));
        if graph.links.iter().any(|one| one.name == link.name && one.capacity < link.capacity) {
            copies.insert(link.name.to_string());
        }
    }
    for event in events {
        // Links that nobody reads in time lose events.
        if event.missed > 0 {
            return Ok(());
        }
        let name = event.link.to_string();
        if copies.contains(&name) {
            continue;
        }
        let Some((link, next)) = links.get_mut(&name) else { return Err(format!("a signal of no link: {event:?}")) };
        check!(event.signal == *next, "signals do not alternate: {event:?}");
        let level = if event.signal == Signal::Pause { link.capacity } else { link.low };
        check!(event.len == level, "a signal at the wrong level: {event:?}, {link:?}");
        *next = if *next == Signal::Pause { Signal::Drain } else { Signal::Pause };
    }
    Ok(())
}

/// Closed once and dropped once, not asked after the end, nor before its turn in a `concat` (S5, E4, F4).
fn check_sources(shape: &Shape, state: &State, forced: bool, dropped: bool) -> Result<(), String> {
    for part in shape.parts() {
        if let Part::Source(id) | Part::Iter(id) = part {
            let source = state.sources[id];
            check!(source.drops == 1 && source.late == 0 && source.early == 0, "source s{id}: {source:?}");
            let panicked = state.faults.contains(&(id, Fault::Panic));
            if matches!(part, Part::Source(_)) && !panicked {
                let closed = source.closes == 1 && (source.closed == 1 || forced);
                check!(closed || (dropped || forced) && source.closes <= 1, "source s{id}: {source:?}");
            }
        }
    }
    Ok(())
}

/// The failure names what has failed (E1, E2, L10).
fn check_error(
    error: &PipelineError,
    shape: &Shape,
    world: &World,
    state: &State,
    snapshot: &Snapshot,
    done: &[Act],
) -> Result<End, String> {
    let stage = error.stage();
    let was = |fault| state.faults.iter().any(|(id, known)| *known == fault && format!("s{id}") == stage);
    match error.kind() {
        ErrorKind::Failed => {
            check!(was(Fault::Err), "it was not `{stage}` that failed: {error:?}");
            Ok(End::Failed)
        }
        ErrorKind::Panicked => {
            let copier = shape.has(|part| copies(part).is_some_and(|id| format!("s{id}") == stage));
            check!(was(Fault::Panic) || state.clone_fault && copier, "it was not `{stage}` that panicked: {error:?}");
            Ok(End::Panicked)
        }
        ErrorKind::Overflow => {
            let fails = shape
                .has(|part| matches!(part, Part::Step(id, Step::Queue(Policy::Fail)) if format!("s{id}") == stage));
            check!(fails, "`{stage}` is no link that fails: {error:?}");
            let full = snapshot.links.iter().any(|link| link.name == stage && link.max_len == link.capacity);
            check!(full, "`{stage}` was never full: {error:?}");
            Ok(End::Overflow)
        }
        ErrorKind::Aborted => {
            let asked = done.iter().any(|act| matches!(act, Act::Abort | Act::FinishWithin(_)));
            check!(asked && stage == "pipeline", "nobody has aborted it: {error:?}, {:?}", world.bad_clone);
            Ok(End::Aborted)
        }
        _ => Err(format!("no stage can fail like that: {error:?}")),
    }
}

/// The counters of a run that came to its end (T: counters are exact then).
fn check_counts(shape: &Shape, state: &State, snapshot: &Snapshot) -> Result<(), String> {
    for part in shape.parts() {
        let Part::Step(id, step) = part else { continue };
        let name = format!("s{id}");
        let stages: Vec<_> = snapshot.stages.iter().filter(|stage| *stage.name == *name).collect();
        let taken: u64 = stages.iter().map(|stage| stage.items_in).sum();
        let given: u64 = stages.iter().map(|stage| stage.items_out).sum();
        let dropped: u64 = stages.iter().map(|stage| stage.dropped).sum();
        if step.has_calls() {
            check!(taken == state.calls[id], "{name}: {taken} items counted, {} calls", state.calls[id]);
        }
        if matches!(step, Step::Match(_)) {
            check!(taken == given + dropped, "{name}: {taken} in, {given} out, {dropped} dropped");
        }
    }
    Ok(())
}

/// A sink's output is what came to it.
fn check_outputs(shape: &Shape, state: &State, outputs: &[Got]) -> Result<(), String> {
    let parts = shape.parts();
    let sinks: Vec<_> = parts
        .iter()
        .filter_map(|part| if let Part::Sink(id, sink, copied) = part { Some((*id, *sink, *copied)) } else { None })
        .collect();
    check!(sinks.len() == outputs.len(), "{} sinks, {} outputs", sinks.len(), outputs.len());
    for ((id, sink, copied), output) in sinks.into_iter().zip(outputs) {
        let mut came = state.logs[id].clone();
        let (mut values, mut count, mut nothing) = (Vec::new(), 0, true);
        flatten(output, &mut values, &mut count, &mut nothing);
        let right = match sink {
            Sink::ForEach | Sink::ForEachTry | Sink::Async | Sink::AsyncTry => nothing,
            // In copies, a list of counts looks like a list of values.
            Sink::Count if copied => values.iter().sum::<u64>() == came.len() as u64,
            Sink::Count => count == came.len() as u64,
            Sink::First => *output == Got::First(came.first().copied()),
            Sink::Collect | Sink::Fold if copied => {
                came.sort_unstable();
                values.sort_unstable();
                values == came
            }
            Sink::Collect | Sink::Fold => values == came,
        };
        check!(right, "the output of sink s{id} is {output:?}, but {} items came: {came:?}", came.len());
    }
    Ok(())
}

fn flatten(output: &Got, values: &mut Vec<u64>, count: &mut u64, nothing: &mut bool) {
    match output {
        Got::Nothing => {}
        Got::Count(n) => *count += n,
        Got::Values(all) => values.extend(all),
        Got::First(first) => values.extend(first),
        Got::Copies(copies) => return copies.iter().for_each(|copy| flatten(copy, values, count, nothing)),
    }
    *nothing &= *output == Got::Nothing;
}
