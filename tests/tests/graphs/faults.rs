//! Faults: whatever code of a pipeline goes wrong, and however it is ended from outside, there is an outcome, it names the first cause,
//! and nothing is left.
//!
//! Each shape runs first with nothing wrong, so that it is known which code is called and how often; then with faults at some of these calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct_tests::flow::{Dice, Watchdog};

use super::kit::Mode;
use super::plan::{Act, Aim, Fault, Spot, WHATS, What};
use super::sweep::{is_replay, sweep};
use super::tree::{Part, Shape, Sink, Step};
use super::world::World;
use super::{generate, run};

/// How many times parameters are drawn, unless the environment says so.
const DRAWN: u64 = 2_000;

/// How many runs with faults each of them has.
const EACH: usize = 4;

/// How many, where there are few shapes: those with types and threads of the user's own, and those about time.
const EACH_RARE: usize = 12;

/// A column of the table: what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Fails,
    Panics,
    Never,
    Wakes,
    Stalls,
    Cancelled,
    Finish,
    Within,
    Abort,
    Dropped,
    Shutdown,
    Look,
}

use Kind::{Abort, Cancelled, Dropped, Fails, Finish, Look, Never, Panics, Shutdown, Stalls, Wakes, Within};

const KINDS: [Kind; 12] =
    [Fails, Panics, Never, Wakes, Stalls, Cancelled, Finish, Within, Abort, Dropped, Shutdown, Look];

impl Kind {
    /// Whether this can be done where that code is called.
    fn fits(self, part: Option<&Part<'_>>, what: What) -> bool {
        match self {
            Fails => part.is_some_and(|part| part.can_err(what)),
            Panics => what != What::Send,
            Never | Wakes | Stalls => what.is_async(),
            Cancelled => what == What::Send,
            Finish | Within | Abort | Dropped | Shutdown | Look => true,
        }
    }

    fn of(fault: Fault) -> Self {
        match fault {
            Fault::Err => Fails,
            Fault::Panic => Panics,
            Fault::Never(_) => Never,
            Fault::Wakes => Wakes,
            Fault::Stall => Stalls,
            Fault::Cancel => Cancelled,
            Fault::Act(act, _) => match act {
                Act::Finish => Finish,
                Act::FinishWithin(_) => Within,
                Act::Abort => Abort,
                Act::Drop => Dropped,
                Act::Shutdown => Shutdown,
                Act::Look | Act::Pause | Act::Resume => Look,
            },
        }
    }

    fn draw(self, what: What, dice: &mut Dice) -> Fault {
        let within = Act::FinishWithin(dice.below(100));
        let turns = Some(dice.below(10) as usize).filter(|_| dice.below(2) == 0);
        let later = turns.or(Some(0));
        match self {
            Fails => Fault::Err,
            Panics => Fault::Panic,
            Never => {
                // Nothing else ends a `close`; and `finish` only what a source does.
                let ends: &[_] = match what {
                    What::Close => &[within, Act::Shutdown],
                    What::Next => &[within, Act::Shutdown, Act::Abort, Act::Drop, Act::Finish],
                    _ => &[within, Act::Shutdown, Act::Abort, Act::Drop],
                };
                Fault::Never(ends[dice.below(ends.len() as u64) as usize])
            }
            Wakes => Fault::Wakes,
            Stalls => Fault::Stall,
            Cancelled => Fault::Cancel,
            Finish => Fault::Act(Act::Finish, turns),
            Within => Fault::Act(within, turns),
            Abort => Fault::Act(Act::Abort, turns),
            Dropped => Fault::Act(Act::Drop, later),
            Shutdown => Fault::Act(Act::Shutdown, later),
            Look => Fault::Act(Act::Look, turns),
        }
    }
}

/// A row of the table: whose code it is.
fn row(part: Option<&Part<'_>>, what: What) -> &'static str {
    let threaded = part.is_some_and(Part::is_threaded);
    match (what, part) {
        (What::Next, _) => "source: next",
        (What::Signal, _) => "source: on_signal",
        (What::Close, _) => "source: close",
        (What::Call, Some(Part::Unfold(_))) => "unfold: call",
        (What::Later, Some(Part::Unfold(_))) => "unfold: future",
        (What::Call, Some(Part::Repeat(_))) => "repeat_with: call",
        (What::Call, Some(Part::Step(_, Step::FilterMap))) => "filter_map: call",
        (What::Call, Some(Part::Step(_, Step::Scan))) => "scan: call",
        (What::Call, Some(Part::Step(_, Step::TakeWhile))) => "take_while: call",
        (What::Call, Some(Part::Step(_, Step::SkipWhile))) => "skip_while: call",
        (What::Call, Some(Part::Step(_, Step::MapWhile))) => "map_while: call",
        (What::Call, Some(Part::Step(_, Step::Dedup))) => "dedup_by_key: call",
        (What::Call, Some(Part::Step(_, Step::Keyed))) => "map_async_keyed: call",
        (What::Later, Some(Part::Step(_, Step::Until))) => "take_until: its future",
        (What::Piece, Some(Part::Step(_, Step::FlattenUnordered))) => "flatten_unordered: its stream",
        (What::Guard, Some(Part::Step(_, Step::Keyed))) => "map_async_keyed: key",
        (What::Call, Some(Part::Sink(_, Sink::Reduce, _))) => "reduce: call",
        (What::Call, Some(Part::Iter(_))) => "iter: next",
        (What::Call, Some(Part::Threaded(_))) => "iter_blocking: next",
        (What::Send, _) => "inlet: send",
        (What::Call, Some(Part::Sink(..))) if threaded => "blocking sink: call",
        (What::Call, Some(Part::Sink(_, Sink::Async | Sink::AsyncTry, _))) => "asynchronous sink: call",
        (What::Call, Some(Part::Sink(..))) => "fused sink: call",
        (What::Later, Some(Part::Sink(..))) => "asynchronous sink: future",
        (What::Write, _) => "own sink: write",
        (What::Finish, Some(Part::Sink(..))) => "own sink: finish",
        (What::Call, _) if threaded => "blocking stage: call",
        (What::Call, Some(Part::Step(_, Step::Conflate))) => "asynchronous stage: call",
        (What::Later, _) => "asynchronous stage: future",
        (What::Call, Some(part)) if part.code().contains(&What::Later) => "asynchronous stage: call",
        (What::Call, _) => "fused stage: call",
        (What::Apply, _) => "own transform: apply",
        (What::Finish, _) => "own transform: finish",
        (What::Piece, _) => "flat_map: its iterator",
        (What::Guard, _) => "match: guard",
        (What::Weigh, _) => "item: weight",
        (What::Clone, _) => "item: clone",
        (What::State, Some(Part::Source(_))) => "source: drop",
        (What::State, Some(Part::Iter(_))) => "iter: drop",
        (What::State, Some(Part::Threaded(_))) => "iter_blocking: drop",
        (What::State, Some(Part::Step(_, Step::Via))) => "own transform: drop",
        (What::State, Some(Part::Sink(_, Sink::Into, _))) => "own sink: drop",
        (What::State, _) if threaded => "blocking closure: drop",
        (What::State, _) => "closure: drop",
        (What::Future, Some(Part::Source(_))) => "source's future: drop",
        (What::Future, _) => "future: drop",
        (What::Drop, _) => "item: drop",
    }
}

/// A fault that a shape could have.
struct Chance {
    row: &'static str,
    kind: Kind,
    spot: Spot,
}

fn chances(shape: &Shape) -> Vec<Chance> {
    let parts = shape.parts();
    let mut chances = Vec::new();
    let mut add = |part: Option<&Part<'_>>, what| {
        let spot = Spot { id: part.map_or(0, Part::id), what };
        let fitting = KINDS.into_iter().filter(|kind| kind.fits(part, what));
        chances.extend(fitting.map(|kind| Chance { row: row(part, what), kind, spot }));
    };
    for part in &parts {
        part.code().iter().for_each(|what| add(Some(part), *what));
        part.drops().into_iter().for_each(|what| add(Some(part), what));
    }
    // What copies nothing has no clones.
    if shape.has(|part| part.copies()) {
        add(None, What::Clone);
    }
    if shape.has(|part| part.weighs()) {
        add(None, What::Weigh);
    }
    add(None, What::Drop);
    chances
}

/// Draws one of the chances that have calls: first the cell of the table, so that rare ones come as often.
/// With another aim, in half of the cases at a call of about the same number: of two that come in one run of items the first must be told.
fn aim(chances: &[Chance], visits: &[[u64; WHATS]], dice: &mut Dice, only: &[Kind], other: Option<Aim>) -> Option<Aim> {
    let count = |chance: &Chance| visits[chance.spot.id][chance.spot.what as usize];
    let open = |chance: &&Chance| count(chance) > 0 && only.contains(&chance.kind);
    let cells: Vec<_> = chances
        .iter()
        .filter(open)
        .map(|chance| (chance.row, chance.kind))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let cell = cells.get(dice.below(cells.len().max(1) as u64) as usize)?;
    let all: Vec<_> = chances.iter().filter(open).filter(|chance| (chance.row, chance.kind) == *cell).collect();
    let chance = all[dice.below(all.len() as u64) as usize];
    let count = count(chance);
    // The last call of all is as likely as any other.
    let at = match other.filter(|_| dice.below(2) == 0) {
        Some(other) => (other.at + dice.below(4)).saturating_sub(2).min(count - 1),
        None if dice.below(3) == 0 => count - 1,
        None => dice.below(count),
    };
    Some(Aim { spot: chance.spot, at, fault: chance.kind.draw(chance.spot.what, dice) })
}

/// How often a fault has come.
#[derive(Default)]
struct Tally {
    /// By whose code it is, and by where that stands.
    cells: BTreeMap<(&'static str, Kind), usize>,
    runs: usize,
}

/// Rules: L5, L7, L8, L12, S4, S5, E1, E2, E3, E4, E5, E6
#[test]
fn faults_anywhere_end_with_the_first_cause_and_leave_nothing() {
    let _watchdog = Watchdog::new(Duration::from_secs(3600), "faults");
    let tally = Mutex::new(Tally::default());
    // In real time nobody waits for long; and of two faults on threads nobody knows the first.
    let kinds: Vec<_> = KINDS.into_iter().filter(|kind| !run::threads() || !matches!(kind, Never | Stalls)).collect();
    sweep("faults", DRAWN, |shape, make, seed| {
        let mut dice = Dice(seed);
        let drawn = World::draw(shape, &mut dice);
        let sound = Arc::new(drawn.again(shape, Vec::new()));
        run::run(shape, make, &sound, Mode::draw(&mut dice), &[])?;
        let visits = sound.state().visits.clone();
        let chances = chances(shape);
        let (parts, places) = (shape.parts(), shape.places());
        for _ in 0..if matches!(shape.family, "own" | "timed" | "rest") { EACH_RARE } else { EACH } {
            let Some(first) = aim(&chances, &visits, &mut dice, &kinds, None) else { return Ok(()) };
            let mut aims = vec![first];
            if !run::threads() && dice.below(5) == 0 {
                aims.extend(aim(&chances, &visits, &mut dice, &[Fails, Panics, Abort, Finish], Some(first)));
            }
            let world = Arc::new(drawn.again(shape, aims));
            run::run(shape, make, &world, Mode::draw(&mut dice), &[])?;
            let mut tally = tally.lock().unwrap();
            tally.runs += 1;
            for hit in &world.state().hits {
                let (part, kind) = (parts.iter().find(|part| part.id() == hit.spot.id), Kind::of(hit.fault));
                *tally.cells.entry((row(part, hit.spot.what), kind)).or_default() += 1;
                *tally.cells.entry((places[hit.spot.id], kind)).or_default() += 1;
            }
        }
        Ok(())
    });
    let tally = tally.into_inner().unwrap();
    println!("{}", table(&tally));
    let possible: BTreeSet<_> = generate::all()
        .iter()
        .flat_map(|shape| chances(shape).into_iter().map(|chance| (chance.row, chance.kind)).collect::<Vec<_>>())
        .collect();
    let missed: Vec<_> = possible.iter().filter(|cell| !tally.cells.contains_key(cell)).collect();
    assert!(missed.is_empty() || is_replay() || run::threads(), "faults that never came: {missed:?}");
}

fn table(tally: &Tally) -> String {
    let mut text = format!("{:<28}", format!("{} runs", tally.runs));
    for kind in KINDS {
        let _ = write!(text, "{:>10}", format!("{kind:?}").to_lowercase());
    }
    let rows: BTreeSet<_> = tally.cells.keys().map(|(row, _)| *row).collect();
    for row in rows {
        let _ = write!(text, "\n{row:<28}");
        for kind in KINDS {
            let _ = match tally.cells.get(&(row, kind)) {
                Some(count) => write!(text, "{count:>10}"),
                None => write!(text, "{:>10}", "-"),
            };
        }
    }
    text
}
