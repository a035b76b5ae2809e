//! One run's parameters, and what happened in it: calls, faults, items and their drops, what came to each sink.

use std::future::poll_fn;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use aqueduct::{Ack, Control, Weigh};
use aqueduct_tests::flow::Dice;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::asked::Answers;
use super::plan::{Act, After, Aim, Done, Fault, Hit, Spot, WHATS, What};
use super::tree::Shape;

/// How long something takes that takes very long.
pub const LONG: Duration = Duration::from_secs(100);

/// When nothing else happens any more; longer than all delays of a run together.
pub const EVER: u64 = 1_000_000_000;

/// How many different keys items have.
pub const KEYS: u64 = 3;

/// How long a call takes.
#[derive(Clone, Copy, Debug)]
pub enum Delay {
    None,
    /// It lets others go first.
    Yield,
    Fixed(u64),
    Below(u64),
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
}

#[derive(Debug)]
pub struct World {
    salt: u64,
    pub params: Vec<Param>,
    /// For sources in later inputs of a `concat`: those that end before.
    pub gates: Vec<Vec<usize>>,
    /// What is to go wrong.
    pub aims: Vec<Aim>,
    pub control: OnceLock<Control>,
    /// What is to be done to the pipeline by a task of the test.
    ask: UnboundedSender<(After, Act)>,
    asked: Mutex<Option<UnboundedReceiver<(After, Act)>>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub struct State {
    /// Of each item: how often it was dropped.
    pub drops: Vec<u8>,
    pub live: usize,
    pub peak: usize,
    /// What is known of the tokens of items.
    pub answers: Answers,
    /// Of each stage: how often its code was called.
    pub visits: Vec<[u64; WHATS]>,
    pub logs: Vec<Vec<u64>>,
    pub sources: Vec<Source>,
    /// Of each inlet: how many items each of its feeders has sent.
    pub fed: Vec<Vec<usize>>,
    pub hits: Vec<Hit>,
    /// What was done to the pipeline.
    pub done: Vec<Done>,
    /// Wakers that were used already.
    stale: Vec<Waker>,
    /// Items are dropped by the test itself.
    outside: bool,
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

impl State {
    /// How often the closure of a stage was called.
    pub fn calls(&self, id: usize) -> u64 {
        self.visits[id][What::Call as usize]
    }

    /// Whether something was done to the pipeline.
    pub fn did(&self, what: impl Fn(&Act) -> bool) -> bool {
        self.done.iter().any(|done| what(&done.act))
    }

    /// How many items a source has given, each of its feeders for itself.
    pub fn given(&self, id: usize) -> Vec<usize> {
        if self.fed[id].is_empty() { vec![self.sources[id].given] } else { self.fed[id].clone() }
    }
}

/// Mixes two numbers.
pub fn mix(a: u64, b: u64) -> u64 {
    Dice(a ^ b.wrapping_mul(0xD6E8_FEB8_6659_FD93)).below(u64::MAX)
}

impl World {
    /// Draws the parameters, and for one run in four what goes wrong.
    pub fn draw(shape: &Shape, dice: &mut Dice) -> Self {
        let mut pick = |end: u64| dice.below(end);
        let size = [6, 12, 40, 40, 40, 40, 60, 200][pick(8) as usize];
        let mood = if super::run::threads() { 0 } else { pick(6) };
        let params: Vec<_> = (0..shape.stages)
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
                        (_, 3) => Delay::Fixed(1 + pick(5)),
                        _ => Delay::Below(1 + pick(30)),
                    },
                    bias: [0, 0, 50, 100][pick(4) as usize],
                }
            })
            .collect();
        let parts = shape.parts();
        let spots = parts.iter().flat_map(|part| part.code().iter().map(move |&what| (part, what)));
        let mut aims = Vec::new();
        if mood == 3 {
            for (part, what) in spots.clone().filter(|(_, what)| what.is_async()) {
                if pick(6) == 0 {
                    aims.push(Aim { spot: part.spot(what), at: pick(20), fault: Fault::Stall });
                }
            }
        }
        if pick(4) == 0 {
            let mut faulty: Vec<_> = spots
                .filter(|(_, what)| *what != What::Send)
                .map(|(part, what)| (part.spot(what), Fault::Panic))
                .collect();
            let fails = parts.iter().flat_map(|part| {
                let what = part.code().iter().filter(|what| part.can_err(**what));
                what.map(|what| (part.spot(*what), Fault::Err))
            });
            faulty.extend(fails);
            for _ in 0..1 + pick(3) {
                let (spot, fault) = faulty[pick(faulty.len() as u64) as usize];
                aims.push(Aim { spot, at: pick(size / 2), fault });
            }
            if pick(6) == 0 {
                aims.push(Aim { spot: Spot { id: 0, what: What::Clone }, at: pick(size), fault: Fault::Panic });
            }
        }
        Self::new(shape, pick(u64::MAX), params, aims)
    }

    fn new(shape: &Shape, salt: u64, params: Vec<Param>, aims: Vec<Aim>) -> Self {
        let stages = shape.stages;
        let state = State {
            visits: vec![[0; WHATS]; stages],
            logs: vec![Vec::new(); stages],
            sources: vec![Source::default(); stages],
            fed: vec![Vec::new(); stages],
            answers: Answers::new(shape),
            ..State::default()
        };
        let (ask, asked) = unbounded_channel();
        let (control, asked) = (OnceLock::new(), Mutex::new(Some(asked)));
        Self { salt, params, gates: shape.gates(), aims, control, ask, asked, state: Mutex::new(state) }
    }

    /// The same parameters; other things go wrong.
    pub fn again(&self, shape: &Shape, aims: Vec<Aim>) -> Self {
        Self::new(shape, self.salt, self.params.clone(), aims)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be done to the pipeline, as it is asked for.
    pub fn asked(&self) -> UnboundedReceiver<(After, Act)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take().expect("a run is driven once")
    }

    // What the stages do, as the model does it too.

    pub fn first(&self, source: usize, number: usize) -> u64 {
        mix(self.salt ^ source as u64, number as u64)
    }

    pub fn keeps(&self, value: u64, id: usize) -> bool {
        !mix(value ^ self.salt, id as u64).is_multiple_of(4)
    }

    /// The same; an item that is not kept is let go on purpose.
    pub fn keeps_or_leaves_out(&self, item: impl Into<About>, id: usize) -> bool {
        let about = item.into();
        let keeps = self.keeps(about.value, id);
        if !keeps {
            self.leaves_out(about);
        }
        keeps
    }

    /// It is let go on purpose.
    pub fn leaves_out(&self, item: impl Into<About>) {
        if let Some(slot) = item.into().slot {
            self.state().answers.let_go(slot);
        }
    }

    pub fn key(&self, value: u64, id: usize) -> u64 {
        mix(value ^ self.salt, id as u64) % KEYS
    }

    pub fn pieces(&self, value: u64, id: usize) -> u64 {
        mix(value ^ self.salt, id as u64) % 4
    }

    pub fn route(&self, value: u64, id: usize, arms: usize) -> usize {
        let hash = mix(value ^ self.salt, id as u64);
        if hash % 100 < self.params[id].bias { 0 } else { (hash / 100) as usize % arms }
    }

    // What calls do.

    /// An item has come to its sink: its number.
    pub fn log(&self, sink: usize, item: &Item) -> u64 {
        let mut state = self.state();
        state.logs[sink].push(item.value);
        state.answers.came(sink, item.slot);
        item.value
    }

    /// A call of the test's code: counts it, and lets go wrong what is to, as far as that needs no waiting.
    pub fn visit(&self, id: usize, what: What, about: impl Into<About>) -> Option<Fault> {
        let about = about.into();
        let spot = Spot { id, what };
        let mut state = self.state();
        let visits = &mut state.visits[id][what as usize];
        let visit = *visits;
        *visits += 1;
        let stale = std::mem::take(&mut state.stale);
        let fault = self.aims.iter().find(|aim| aim.spot == spot && aim.at == visit).map(|aim| aim.fault);
        if let Some(fault) = fault {
            let hit = state.hits.len();
            state.answers.hit(hit, fault, about.slot);
            state.hits.push(Hit { spot, fault, at: Instant::now(), thread: std::thread::current().id() });
        }
        drop(state);
        stale.into_iter().for_each(Waker::wake);
        match fault {
            // Unlike `panic!`, this tells nobody.
            Some(Fault::Panic) => std::panic::resume_unwind(Box::new("planned")),
            Some(Fault::Act(Act::Drop | Act::Shutdown, None)) => unreachable!("code cannot drop what it runs in"),
            Some(Fault::Act(act, None)) => self.act(act),
            Some(Fault::Act(act, Some(turns))) => self.ask(After::Turns(turns), act),
            Some(Fault::Never(act)) => self.ask(After::Ms(EVER / 100), act),
            _ => {}
        }
        fault
    }

    fn ask(&self, after: After, act: Act) {
        // Nobody listens after the end.
        let _ = self.ask.send((after, act));
    }

    /// Does something to the pipeline by its control.
    pub fn act(&self, act: Act) {
        {
            let mut state = self.state();
            let hits = state.hits.len();
            state.done.push(Done { act, hits, at: Instant::now() });
        }
        let control = self.control.get().expect("it was started");
        match act {
            Act::Pause => control.pause(),
            Act::Resume => control.resume(),
            Act::Finish => control.finish(),
            Act::FinishWithin(ms) => control.finish_within(Duration::from_millis(ms)),
            Act::Abort => control.abort(),
            Act::Look => {
                for link in control.snapshot().links {
                    assert!(link.len <= link.capacity, "{link:?}");
                }
            }
            Act::Drop | Act::Shutdown => {}
        }
    }

    /// A call of a closure.
    pub fn call(&self, id: usize, about: impl Into<About>) -> Result<(), Planned> {
        if self.visit(id, What::Call, about) == Some(Fault::Err) { Err(Planned(id)) } else { Ok(()) }
    }

    /// A call that is awaited.
    pub fn later(
        self: &Arc<Self>,
        id: usize,
        what: What,
        about: impl Into<About>,
    ) -> impl Future<Output = Result<(), Planned>> + Send {
        let (held, about) = (Held { id, what: What::Future, world: Arc::clone(self) }, about.into());
        async move {
            let called = held.called_later(id, what, about).await;
            held.goes_after(&called);
            called
        }
    }

    async fn called_later(&self, id: usize, what: What, about: About) -> Result<(), Planned> {
        self.wait(id, about.value).await;
        match self.visit(id, what, about) {
            Some(Fault::Err) => return Err(Planned(id)),
            Some(Fault::Never(_)) => std::future::pending().await,
            Some(Fault::Stall) => tokio::time::sleep(LONG).await,
            Some(Fault::Wakes) => self.wakes(mix(about.value, id as u64) % 300).await,
            _ => {}
        }
        Ok(())
    }

    /// Wakes its task so many times without cause, and then whenever something else happens.
    async fn wakes(&self, mut times: u64) {
        poll_fn(|cx| {
            self.state().stale.push(cx.waker().clone());
            cx.waker().wake_by_ref();
            times = times.saturating_sub(1);
            if times == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// How long a call takes.
    async fn wait(&self, id: usize, value: u64) {
        let ms = match self.params[id].delay {
            Delay::None => return,
            Delay::Yield => return tokio::task::yield_now().await,
            Delay::Fixed(ms) => ms,
            Delay::Below(ms) => mix(value, id as u64) % ms,
        };
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }

    /// Drops what is no business of the pipeline's any more.
    pub fn outside<T>(&self, dropped: T) {
        self.state().outside = true;
        drop(dropped);
        self.state().outside = false;
    }
}

/// The error of the stage that was to fail.
#[derive(Debug, PartialEq, Eq)]
pub struct Planned(pub usize);

impl std::fmt::Display for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("planned")
    }
}

impl std::error::Error for Planned {}

/// What the user's code owns: its drop is code of the user's, too.
#[derive(Debug)]
pub struct Held {
    id: usize,
    what: What,
    world: Arc<World>,
}

impl Held {
    /// By a closure, or a type of the user's.
    pub fn new(id: usize, world: Arc<World>) -> Self {
        Self { id, what: What::State, world }
    }

    /// It is dropped; quietly if the call has failed, so that no panic takes the place of the error.
    ///
    /// Not at the end of a scope that gives something: where a drop there panics, rustc forgets what is to be returned (rust-lang/rust#47949).
    pub fn goes_after(self, called: &Result<(), Planned>) {
        if called.is_err() {
            Arc::clone(&self.world).outside(self);
        }
    }
}

impl Deref for Held {
    type Target = Arc<World>;

    fn deref(&self) -> &Arc<World> {
        &self.world
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let quiet = self.world.state().outside || std::thread::panicking();
        if !quiet {
            let _ = self.world.visit(self.id, self.what, 0);
        }
    }
}

/// What a call is about.
#[derive(Clone, Copy, Debug)]
pub struct About {
    value: u64,
    /// Of an item: which it is.
    slot: Option<usize>,
}

impl From<u64> for About {
    fn from(value: u64) -> Self {
        Self { value, slot: None }
    }
}

impl From<&Item> for About {
    fn from(item: &Item) -> Self {
        Self { value: item.value, slot: Some(item.slot) }
    }
}

/// What flows.
#[derive(Debug)]
pub struct Item {
    pub value: u64,
    slot: usize,
    pub world: Arc<World>,
}

impl Item {
    pub fn new(world: &Arc<World>, value: u64) -> Self {
        Self::of(world, value, None)
    }

    /// One that comes of another, or of none.
    fn of(world: &Arc<World>, value: u64, other: Option<usize>) -> Self {
        let mut state = world.state();
        let slot = state.drops.len();
        state.drops.push(0);
        state.answers.made(slot, other);
        state.live += 1;
        state.peak = state.peak.max(state.live);
        drop(state);
        Self { value, slot, world: Arc::clone(world) }
    }

    /// One more that comes of it.
    pub fn another(&self, value: u64) -> Self {
        Self::of(&self.world, value, Some(self.slot))
    }

    /// It, and a token that says what becomes of it.
    pub fn asked(self) -> (Self, Ack) {
        let number = self.world.state().answers.asked(self.slot);
        let world = Arc::clone(&self.world);
        let ack = Ack::new(move |verdict| world.state().answers.told(number, verdict));
        (self, ack)
    }

    /// It goes on for the other, too.
    pub fn with(self, other: Self) -> Self {
        self.world.state().answers.joined(self.slot, other.slot);
        // Not at the end of the scope: where a drop there panics, rustc forgets what is to be returned (rust-lang/rust#47949).
        drop(other);
        self
    }

    /// Whether it goes into arm `arm` of the `match` that is stage `id`.
    pub fn goes(&self, id: usize, arm: usize, arms: usize) -> bool {
        let _ = self.world.visit(id, What::Guard, self);
        self.world.route(self.value, id, arms) == arm
    }

    /// It was in that stage.
    pub fn passes(mut self, id: usize) -> Self {
        self.value = mix(self.value, id as u64);
        self.world.state().answers.goes_on(self.slot);
        self
    }

    /// It was in that stage, unless the call has failed: then it goes quietly, so that no panic takes the place of the error.
    pub fn passed(self, id: usize, called: Result<(), Planned>) -> Result<Self, Planned> {
        match called {
            Ok(()) => Ok(self.passes(id)),
            Err(planned) => {
                Arc::clone(&self.world).outside(self);
                Err(planned)
            }
        }
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        let _ = self.world.visit(0, What::Clone, self);
        self.another(self.value)
    }
}

impl Weigh for Item {
    fn weight(&self) -> usize {
        let _ = self.world.visit(0, What::Weigh, self);
        // Nothing, which counts as one, or up to three.
        (self.value % 4) as usize
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let mut state = self.world.state();
        state.drops[self.slot] += 1;
        state.live = state.live.wrapping_sub(1);
        state.answers.let_go(self.slot);
        let quiet = state.outside || std::thread::panicking();
        drop(state);
        if !quiet {
            let _ = self.world.visit(0, What::Drop, self.value);
        }
    }
}
