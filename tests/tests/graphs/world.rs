//! One run's parameters, and what happened in it: calls, faults, items and their drops, what came to each sink.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aqueduct_tests::flow::Dice;

use super::tree::{Part, Shape, Sink, Step};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Err,
    Panic,
}

/// How long a call takes.
#[derive(Clone, Copy, Debug)]
pub enum Delay {
    None,
    /// It lets others go first.
    Yield,
    Fixed(u64),
    Below(u64),
    /// One call takes very long.
    Stall(u64),
}

/// What is drawn for each stage; which of it counts depends on what the stage is.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub cap: usize,
    pub low: usize,
    pub n: usize,
    pub items: usize,
    pub take: usize,
    pub period: u64,
    pub delay: Delay,
    /// A percentage of the items that go into the first arm whatever is in them.
    pub bias: u64,
    /// At which call, and what.
    pub fault: Option<(u64, Fault)>,
}

#[derive(Debug)]
pub struct World {
    pub salt: u64,
    pub params: Vec<Param>,
    /// For sources in later inputs of a `concat`: those that end before.
    pub gates: Vec<Vec<usize>>,
    /// The clone that panics.
    pub bad_clone: Option<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub struct State {
    /// Of each item: how often it was dropped.
    pub drops: Vec<u8>,
    pub live: usize,
    pub peak: usize,
    pub clones: u64,
    pub clone_fault: bool,
    /// Of each stage.
    pub calls: Vec<u64>,
    pub logs: Vec<Vec<u64>>,
    pub sources: Vec<Source>,
    pub faults: Vec<(usize, Fault)>,
}

/// What happened to a source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source {
    pub given: usize,
    pub closes: usize,
    pub closed: usize,
    pub drops: usize,
    pub late: usize,
    /// It was asked before its turn.
    pub early: usize,
    /// It has ended, or was closed.
    pub over: bool,
}

/// Mixes two numbers.
pub fn mix(a: u64, b: u64) -> u64 {
    Dice(a ^ b.wrapping_mul(0xD6E8_FEB8_6659_FD93)).below(u64::MAX)
}

impl World {
    pub fn draw(shape: &Shape, dice: &mut Dice) -> Self {
        let mut pick = |end: u64| dice.below(end);
        let size = [6, 12, 40, 40, 40, 40, 60, 200][pick(8) as usize];
        let mood = if super::run::threads() { 0 } else { pick(6) };
        let mut params: Vec<_> = (0..shape.stages)
            .map(|_| {
                let cap = [1, 1, 2, 2, 3, 4, 5, 8, 16, 64][pick(10) as usize];
                Param {
                    cap,
                    low: pick(cap as u64) as usize,
                    n: 1 + pick(4) as usize,
                    items: pick(size + 1) as usize,
                    take: pick(10) as usize,
                    period: 1 + if super::run::threads() { 0 } else { pick(20) },
                    delay: match (mood, pick(6)) {
                        (0, 2 | 4) => Delay::Yield,
                        (0, _) | (_, 0) => Delay::None,
                        (1, _) => Delay::Below(10),
                        (2, 1..=4) => Delay::Fixed(pick(20)),
                        (_, 1) => Delay::Yield,
                        (3, 2) => Delay::Stall(pick(20)),
                        (_, 3) => Delay::Fixed(1 + pick(5)),
                        _ => Delay::Below(1 + pick(30)),
                    },
                    bias: [0, 0, 50, 100][pick(4) as usize],
                    fault: None,
                }
            })
            .collect();
        let mut bad_clone = None;
        if pick(4) == 0 {
            let mut faulty = Vec::new();
            for part in shape.parts() {
                match part {
                    Part::Source(id) => faulty.extend([(id, Fault::Err), (id, Fault::Panic)]),
                    Part::Iter(id) => faulty.push((id, Fault::Panic)),
                    Part::Step(id, step) if step.can_fail() => faulty.extend([(id, Fault::Err), (id, Fault::Panic)]),
                    Part::Step(id, step) if step.has_calls() => faulty.push((id, Fault::Panic)),
                    Part::Sink(id, Sink::ForEachTry | Sink::AsyncTry, _) => faulty.push((id, Fault::Err)),
                    Part::Sink(id, ..) => faulty.push((id, Fault::Panic)),
                    _ => {}
                }
            }
            for _ in 0..1 + pick(3) {
                let (id, fault) = faulty[pick(faulty.len() as u64) as usize];
                params[id].fault = Some((pick(size / 2), fault));
            }
            if pick(6) == 0 {
                bad_clone = Some(pick(size));
            }
        }
        let stages = shape.stages;
        let state = State {
            calls: vec![0; stages],
            logs: vec![Vec::new(); stages],
            sources: vec![Source::default(); stages],
            ..State::default()
        };
        Self { salt: pick(u64::MAX), params, gates: shape.gates(), bad_clone, state: Mutex::new(state) }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // What the stages do, as the model does it too.

    pub fn first(&self, source: usize, number: usize) -> u64 {
        mix(self.salt ^ source as u64, number as u64)
    }

    pub fn keeps(&self, value: u64, id: usize) -> bool {
        !mix(value ^ self.salt, id as u64).is_multiple_of(4)
    }

    pub fn pieces(&self, value: u64, id: usize) -> u64 {
        mix(value ^ self.salt, id as u64) % 4
    }

    pub fn route(&self, value: u64, id: usize, arms: usize) -> usize {
        let hash = mix(value ^ self.salt, id as u64);
        if hash % 100 < self.params[id].bias { 0 } else { (hash / 100) as usize % arms }
    }

    // What calls do.

    /// A call of stage `id`: counts it, and goes wrong if it is to.
    pub fn call(&self, id: usize) -> Result<u64, Planned> {
        let mut state = self.state();
        let call = state.calls[id];
        state.calls[id] += 1;
        match self.params[id].fault {
            Some((at, fault)) if at == call => {
                state.faults.push((id, fault));
                drop(state);
                if fault == Fault::Panic {
                    // Unlike `panic!`, this tells nobody.
                    std::panic::resume_unwind(Box::new("planned"));
                }
                Err(Planned)
            }
            _ => Ok(call),
        }
    }

    /// How long it takes.
    pub async fn wait(&self, id: usize, value: u64, call: u64) {
        let ms = match self.params[id].delay {
            Delay::None => return,
            Delay::Yield => return tokio::task::yield_now().await,
            Delay::Fixed(ms) => ms,
            Delay::Below(ms) => mix(value, id as u64) % ms,
            Delay::Stall(at) if at == call => 100_000,
            Delay::Stall(_) => return,
        };
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }
}

/// The error of a stage that was to fail.
#[derive(Debug)]
pub struct Planned;

impl std::fmt::Display for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("planned")
    }
}

impl std::error::Error for Planned {}

/// What flows.
#[derive(Debug)]
pub struct Item {
    pub value: u64,
    slot: usize,
    pub world: Arc<World>,
}

impl Item {
    pub fn new(world: &Arc<World>, value: u64) -> Self {
        let mut state = world.state();
        let slot = state.drops.len();
        state.drops.push(0);
        state.live += 1;
        state.peak = state.peak.max(state.live);
        drop(state);
        Self { value, slot, world: Arc::clone(world) }
    }

    /// Whether it goes into arm `arm` of the `match` that is stage `id`.
    pub fn goes(&self, id: usize, arm: usize, arms: usize) -> bool {
        self.world.route(self.value, id, arms) == arm
    }

    /// It was in that stage.
    pub fn passes(mut self, id: usize) -> Self {
        self.value = mix(self.value, id as u64);
        self
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        let mut state = self.world.state();
        let clone = state.clones;
        state.clones += 1;
        if self.world.bad_clone == Some(clone) {
            state.clone_fault = true;
            drop(state);
            std::panic::resume_unwind(Box::new("planned"));
        }
        drop(state);
        Self::new(&self.world, self.value)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let mut state = self.world.state();
        state.drops[self.slot] += 1;
        state.live = state.live.wrapping_sub(1);
    }
}

/// Whether a step is one of the blocks that copy.
pub fn copies(part: &Part<'_>) -> Option<usize> {
    match part {
        Part::Step(id, Step::Broadcast(_) | Step::Tap(_)) | Part::Copies(id) => Some(*id),
        _ => None,
    }
}
