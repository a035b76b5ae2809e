//! What is known of every run, whatever was done to it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aqueduct::{Control, ErrorKind, PipelineError, Signal, Snapshot};

use super::kit::Got;
use super::model::{Comes, Expected, expect};
use super::plan::{Act, Done, Fault, Hit, What};
use super::run::{self, End, Ran, Report};
use super::tree::{Part, Policy, Shape, Sink, Step};
use super::world::{LONG, Planned, State, World};

macro_rules! check {
    ($holds:expr, $($words:tt)*) => {
        if !$holds {
            return Err(format!($($words)*));
        }
    };
}

/// All items are dropped when the outcome has come; where nothing but the pipeline holds any.
pub fn nothing_left(shape: &Shape, world: &World, ended: bool) -> Result<(), String> {
    let others = shape.has(|part| part.is_threaded() || matches!(part, Part::Inlet(_)));
    let live = world.state().live;
    check!(!ended || others || live == 0, "{live} items are left at the end");
    Ok(())
}

/// The rest, when the runtime is gone.
pub fn all(shape: &Shape, world: &World, ran: &Ran) -> Result<Report, String> {
    let state = world.state();
    check!(state.live == 0, "{} items are left", state.live);
    check!(state.drops.iter().all(|drops| *drops == 1), "an item was dropped twice");
    check_bound(shape, &state, ran)?;
    check_links(&ran.snapshot)?;
    check_signals(shape, ran)?;
    check_deadline(shape, world, &state, ran)?;
    let stopped = state.did(|act| matches!(act, Act::Finish | Act::FinishWithin(_)));
    // At `finish` its streams stop as they are, for they are sources.
    let cut_short = stopped && shape.has(|part| matches!(part, Part::Step(_, Step::FlattenUnordered)));
    let ends_early = cut_short || shape.ends_early();
    let forced = state.did(|act| matches!(act, Act::FinishWithin(_)));
    check_sources(shape, &state, forced, ran.cut)?;
    let end = match &ran.outcome {
        None => End::Dropped,
        Some(Err(error)) => check_error(error, shape, &state, ran)?,
        Some(Ok(_)) if stopped => End::Finished,
        Some(Ok(_)) => End::Ok,
    };
    let is_ok = matches!(end, End::Ok | End::Finished);
    if is_ok {
        let failed = state.hits.iter().find(|hit| hit.fails_at_once(shape));
        check!(failed.is_none(), "a failure was not reported: {failed:?}");
    }
    if end == End::Ok && !shape.ends_early() {
        for part in shape.parts().iter().filter(|part| part.is_source() || matches!(part, Part::Inlet(_))) {
            let given: usize = state.given(part.id()).iter().sum();
            let all = world.params[part.id()].items;
            check!(given == all, "s{} gave {given} of {all}", part.id());
        }
    }
    check_answers(shape, &state, ran, ends_early)?;
    if is_ok && !ends_early {
        // An iterator on the blocking pool that is stopped is dropped there, and nobody waits for it (E5).
        let is_let_go = |hit: &Hit| {
            hit.spot.what == What::State
                && shape.has(|part| matches!(part, Part::Threaded(id) if stopped && *id == hit.spot.id))
        };
        let failed = state.hits.iter().find(|hit| hit.is_failure() && !is_let_go(hit));
        check!(failed.is_none(), "a failure was not reported: {failed:?}");
        check_counts(shape, &state, &ran.snapshot)?;
    }

    // What an iterator on the blocking pool is making when it is stopped may be lost (E5): of each the last item, or not.
    let threaded =
        shape.parts().iter().filter(|part| stopped && matches!(part, Part::Threaded(_))).map(Part::id).collect();
    let mut flows = subsets(threaded).map(|lost: Vec<usize>| {
        let given = |id: usize| {
            state.given(id).iter().map(|given| given.saturating_sub(usize::from(lost.contains(&id)))).collect()
        };
        check_flow(shape, &state, ran, is_ok && !cut_short, &expect(shape, world, given))
    });
    let first = flows.next().unwrap_or(Ok(()));
    if first.is_err() && !flows.any(|flow| flow.is_ok()) {
        first?;
    }
    Ok(Report { end, items: state.drops.len() })
}

pub fn figures(snapshot: &Snapshot) -> String {
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

/// What came to the sinks, and what was lost where items may be. A whole run has brought out all that was given.
fn check_flow(shape: &Shape, state: &State, ran: &Ran, is_whole: bool, expected: &Expected) -> Result<(), String> {
    for Comes { id, stream } in &expected.sinks {
        let log = &state.logs[*id];
        stream.check(log, is_whole).map_err(|wrong| format!("sink s{id}: {wrong}"))?;
    }
    let Some(Ok(outputs)) = &ran.outcome else { return Ok(()) };
    check_outputs(shape, state, outputs)?;
    for (Comes { id, stream }, next) in &expected.lossy {
        let came = next.map_or(0, |next| state.calls(next)) as usize;
        let dropped = dropped(&ran.snapshot, &format!("s{id}"));
        if let Some(next) = next.filter(|_| stream.is_exact() && is_whole && !shape.ends_early()) {
            let all = stream.all();
            check!(came + dropped == all, "link s{id}: {all} came, {dropped} dropped, {came} came to s{next}");
        }
    }
    Ok(())
}

/// All subsets, the empty one first.
fn subsets(all: Vec<usize>) -> impl Iterator<Item = Vec<usize>> {
    (0..1 << all.len()).map(move |bits: usize| {
        let chosen = all.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
        chosen.map(|(_, id)| *id).collect()
    })
}

fn dropped(snapshot: &Snapshot, link: &str) -> usize {
    let links = snapshot.links.iter().filter(|known| known.name == link);
    links.map(|link| link.dropped as usize).sum()
}

fn check_bound(shape: &Shape, state: &State, ran: &Ran) -> Result<(), String> {
    let bound = ran.bound.ok_or("there is no bound")?;
    // Each feeder of an inlet has an item in its hand.
    let fed: usize = state.fed.iter().map(Vec::len).sum();
    // A batch is one value.
    if !shape
        .has(|part| matches!(part, Part::Step(_, Step::Batch | Step::BatchBytes | Step::ReadyChunks | Step::Chunks)))
    {
        let peak = state.peak;
        let bound = bound + fed;
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

/// Each source that asks is told once of each item, nothing too early, and of no item that something failed at that it is done.
fn check_answers(shape: &Shape, state: &State, ran: &Ran, ends_early: bool) -> Result<(), String> {
    let answers = &state.answers;
    answers.check()?;
    match &ran.outcome {
        Some(Ok(_)) if !ends_early => answers.all_done(),
        Some(Err(error)) => {
            let kept = |part: &Part<'_>| match part {
                Part::Sink(id, Sink::Collect | Sink::Count | Sink::Fold | Sink::First | Sink::Reduce, _) => Some(*id),
                _ => None,
            };
            answers.none_done(shape.parts().iter().filter_map(kept))?;
            // A `batch` weighs an item whose token lies with those of its group already: nobody is blamed.
            let blames = |hit: &Hit| hit.spot.what != What::Weigh && explains(hit, error, shape, &ran.control);
            let first = causes(shape, state).filter(|(_, hit)| hit.fails_at_once(shape) && blames(hit));
            match first.collect::<Vec<_>>()[..] {
                [(first, _)] => answers.failed(first),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Pause and Drain in turn, Pause first and when full (L3), or, where an item's weight decides, earlier. The figures of links that are copies are added up, and their signals mixed.
fn check_signals(shape: &Shape, ran: &Ran) -> Result<(), String> {
    let (graph, snapshot) = (ran.control.graph(), &ran.snapshot);
    let weighed: HashSet<_> =
        shape.parts().iter().filter(|part| part.weighs()).map(|part| format!("s{}", part.id())).collect();
    let mut links = HashMap::new();
    let mut copies = HashSet::new();
    for link in &snapshot.links {
        links.insert(link.name.to_string(), (link, Signal::Pause));
        if graph.links.iter().any(|one| one.name == link.name && one.capacity < link.capacity) {
            copies.insert(link.name.to_string());
        }
    }
    for event in &ran.signals {
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
        let fits = if weighed.contains(&name) { event.len <= level } else { event.len == level };
        check!(fits, "a signal at the wrong level: {event:?}, {link:?}");
        *next = if *next == Signal::Pause { Signal::Drain } else { Signal::Pause };
    }
    Ok(())
}

/// Closed once and dropped once, not asked after the end, nor before its turn in a `concat` (S5, E4, F4).
fn check_sources(shape: &Shape, state: &State, forced: bool, cut: bool) -> Result<(), String> {
    for part in shape.parts().iter().filter(|part| part.is_source()) {
        let id = part.id();
        let source = state.sources[id];
        check!(source.drops == 1 && source.late == 0 && source.early == 0, "source s{id}: {source:?}");
        // It is dropped when it was closed.
        let panics = |hit: &Hit| hit.spot.id == id && hit.fault == Fault::Panic && hit.spot.what != What::State;
        let panicked = state.hits.iter().any(panics);
        if matches!(part, Part::Source(_)) && !panicked {
            let closed = source.closes == 1 && (source.closed == 1 || forced);
            check!(closed || (cut || forced) && source.closes <= 1, "source s{id}: {source:?}");
        }
    }
    Ok(())
}

/// After what ends a run at once, nothing is waited for but the sources' `close`: as long as that takes.
fn check_deadline(shape: &Shape, world: &World, state: &State, ran: &Ran) -> Result<(), String> {
    let fault = |fault: fn(&Fault) -> bool| world.aims.iter().filter(|aim| fault(&aim.fault)).count();
    if run::threads() || fault(|fault| matches!(fault, Fault::Never(_))) > 0 || ran.outcome.is_none() {
        return Ok(());
    }
    let failed = state.hits.iter().find(|hit| hit.fails_at_once(shape)).map(|hit| hit.at);
    let aborted = state.done.iter().find(|done| done.act == Act::Abort).map(|done| done.at);
    let stalls = fault(|fault| *fault == Fault::Stall) as u32;
    let longest = LONG * stalls + Duration::from_secs(1);
    for since in [failed, aborted].into_iter().flatten() {
        let took = ran.ended.saturating_duration_since(since);
        check!(took <= longest, "the outcome came {took:?} after what ended the run");
    }
    Ok(())
}

/// The failure is the first there was, and says what has failed (E1, E2, L10).
fn check_error(error: &PipelineError, shape: &Shape, state: &State, ran: &Ran) -> Result<End, String> {
    let stage = error.stage();
    let is_cause = causes(shape, state).any(|(_, hit)| explains(hit, error, shape, &ran.control));
    match error.kind() {
        ErrorKind::Failed => {
            check!(is_cause, "it was not `{stage}` that failed first: {error:?}");
            Ok(End::Failed)
        }
        ErrorKind::Panicked => {
            check!(is_cause, "it was not `{stage}` that panicked first: {error:?}");
            Ok(End::Panicked)
        }
        ErrorKind::Overflow => {
            let fails = shape
                .has(|part| matches!(part, Part::Step(id, Step::Queue(Policy::Fail)) if format!("s{id}") == stage));
            check!(fails, "`{stage}` is no link that fails: {error:?}");
            let full = ran.snapshot.links.iter().any(|link| link.name == stage && link.max_len == link.capacity);
            check!(full, "`{stage}` was never full: {error:?}");
            Ok(End::Overflow)
        }
        ErrorKind::Aborted => {
            let asked = state.did(|act| matches!(act, Act::Abort | Act::FinishWithin(_) | Act::Shutdown));
            check!(asked && stage == "pipeline", "nobody has aborted it: {error:?}");
            // Not by what was asked for when it had failed already.
            let aborts = |done: &&Done| matches!(done.act, Act::Abort | Act::FinishWithin(_) | Act::Shutdown);
            let before = state.done.iter().find(aborts).map_or(0, |done| done.hits);
            let hidden = state.hits[..before].iter().find(|hit| hit.is_failure() && hit.fails_at_once(shape));
            check!(hidden.is_none() || run::threads(), "the first cause is not told: {hidden:?}");
            Ok(End::Aborted)
        }
        ErrorKind::TimedOut => {
            let times = shape.has(|part| matches!(part, Part::Step(id, Step::Timeout) if format!("s{id}") == stage));
            let waits = state.hits.iter().any(|hit| matches!(hit.fault, Fault::Stall | Fault::Never(_)));
            check!(times && waits, "nothing took so long at `{stage}`: {error:?}");
            Ok(End::TimedOut)
        }
        _ => Err(format!("no stage can fail like that: {error:?}")),
    }
}

/// The faults that may be what the run fails of, and their numbers: the first that makes it fail at once, and those before it that fail late.
///
/// On threads each has a first of its own. Of two on different ones only the runtime knows which was told first: between a fault and the
/// telling of it a thread can be set aside for as long as the machine likes.
fn causes<'a>(shape: &'a Shape, state: &'a State) -> impl Iterator<Item = (usize, &'a Hit)> {
    let comes_first = |(place, hit): &(usize, &Hit)| {
        let fails_before =
            |before: &Hit| before.fails_at_once(shape) && (!run::threads() || before.thread == hit.thread);
        !state.hits[..*place].iter().any(fails_before)
    };
    state.hits.iter().enumerate().filter(comes_first)
}

/// Whether the error is what has to come of a fault.
fn explains(hit: &Hit, error: &PipelineError, shape: &Shape, control: &Control) -> bool {
    let stage = error.stage();
    let at_fault = match hit.spot.what {
        What::Clone => shape.has(|part| part.copies() && format!("s{}", part.id()) == stage),
        // By whom an item is dropped, or weighed, only the runtime knows.
        What::Drop | What::Weigh => control.graph().stages.iter().any(|known| known.name == stage),
        // Of what a task drops as a whole, it is known in which task it was (T5).
        What::State => {
            let stages = &control.graph().stages;
            let own = |task| stages.iter().any(|one| one.task == task && *one.name == format!("s{}", hit.spot.id));
            stages.iter().any(|known| known.name == stage && own(known.task))
        }
        _ => format!("s{}", hit.spot.id) == stage,
    };
    let Some(cause) = std::error::Error::source(error) else { return false };
    let right = match error.kind() {
        ErrorKind::Failed => hit.fault == Fault::Err && cause.downcast_ref() == Some(&Planned(hit.spot.id)),
        ErrorKind::Panicked => hit.fault == Fault::Panic && cause.to_string().contains("planned"),
        _ => false,
    };
    at_fault && right
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
            check!(taken == state.calls(id), "{name}: {taken} items counted, {} calls", state.calls(id));
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
            Sink::ForEach | Sink::ForEachTry | Sink::Async | Sink::AsyncTry | Sink::Blocking | Sink::BlockingTry => {
                nothing
            }
            // In copies, a list of counts looks like a list of values.
            Sink::Count if copied => values.iter().sum::<u64>() == came.len() as u64,
            Sink::Count => count == came.len() as u64,
            Sink::Reduce => *output == Got::First(came.iter().copied().reduce(u64::wrapping_add)),
            Sink::First => *output == Got::First(came.first().copied()),
            Sink::Collect | Sink::Fold | Sink::Into if copied => {
                came.sort_unstable();
                values.sort_unstable();
                values == came
            }
            Sink::Collect | Sink::Fold | Sink::Into => values == came,
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
