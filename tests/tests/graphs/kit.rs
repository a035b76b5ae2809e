//! What the shapes' text calls: the run's parameters, and the functions of its stages.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::{BoxError, Control, Pipeline, PipelineError, Source};

use super::world::{Item, Planned, World, mix};

/// A future of the stages' functions, in a box so that shapes are quickly compiled.
type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes one run's pipeline.
pub type Make = fn(&Kit) -> Ready;

#[derive(Debug)]
pub struct Kit(pub Arc<World>);

/// How a pipeline is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Run,
    Local,
    Spawn,
}

type Outcome = Result<Vec<Got>, PipelineError>;

/// A pipeline to be started.
pub struct Ready {
    pub control: Control,
    pub bound: Option<usize>,
    pub mermaid: String,
    pub start: Box<dyn FnOnce(Mode) -> Pin<Box<dyn Future<Output = Outcome>>>>,
}

/// A sink's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    Nothing,
    Count(u64),
    Values(Vec<u64>),
    First(Option<u64>),
    /// One of each copy.
    Copies(Vec<Got>),
}

/// The outputs of a pipeline.
pub trait Outputs {
    fn put(self, all: &mut Vec<Got>);
}

impl Outputs for () {
    fn put(self, all: &mut Vec<Got>) {
        all.push(Got::Nothing);
    }
}

impl Outputs for u64 {
    fn put(self, all: &mut Vec<Got>) {
        all.push(Got::Count(self));
    }
}

impl Outputs for Vec<u64> {
    fn put(self, all: &mut Vec<Got>) {
        all.push(Got::Values(self));
    }
}

impl Outputs for Option<u64> {
    fn put(self, all: &mut Vec<Got>) {
        all.push(Got::First(self));
    }
}

macro_rules! copied {
    ($($type:ty),*) => {$(
        impl Outputs for Vec<$type> {
            fn put(self, all: &mut Vec<Got>) {
                let mut copies = Vec::new();
                self.into_iter().for_each(|output| output.put(&mut copies));
                all.push(Got::Copies(copies));
            }
        }
    )*};
}

copied!((), Vec<u64>, Vec<()>, Vec<Vec<u64>>);

macro_rules! tuples {
    ($($name:ident),*) => {
        impl<$($name: Outputs),*> Outputs for ($($name,)*) {
            #[expect(non_snake_case, reason = "named like its type")]
            fn put(self, all: &mut Vec<Got>) {
                let ($($name,)*) = self;
                $($name.put(all);)*
            }
        }
    };
}

tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);
tuples!(A, B, C, D, E, F);
tuples!(A, B, C, D, E, F, G);
tuples!(A, B, C, D, E, F, G, H);

fn got<O: Outputs>(outputs: O) -> Vec<Got> {
    let mut all = Vec::new();
    outputs.put(&mut all);
    all
}

impl Kit {
    pub fn ready<O: Outputs + Send + 'static>(&self, pipeline: Pipeline<O>) -> Ready {
        Ready {
            control: pipeline.control(),
            bound: pipeline.bound(),
            mermaid: pipeline.graph().to_mermaid(),
            start: Box::new(|mode| match mode {
                Mode::Run => {
                    let run = pipeline.run();
                    Box::pin(async { run.await.map(got) })
                }
                Mode::Local => {
                    let run = pipeline.run_local();
                    Box::pin(async { run.await.map(got) })
                }
                Mode::Spawn => {
                    let running = pipeline.spawn();
                    Box::pin(async { running.await.map(got) })
                }
            }),
        }
    }

    fn world(&self) -> Arc<World> {
        Arc::clone(&self.0)
    }

    // Parameters.

    pub fn cap(&self, id: usize) -> usize {
        self.0.params[id].cap
    }

    pub fn low(&self, id: usize) -> usize {
        self.0.params[id].low
    }

    pub fn n(&self, id: usize) -> usize {
        self.0.params[id].n
    }

    pub fn take(&self, id: usize) -> usize {
        self.0.params[id].take
    }

    pub fn period(&self, id: usize) -> Duration {
        Duration::from_millis(self.0.params[id].period)
    }

    // Sources.

    pub fn source(&self, id: usize) -> Numbers {
        Numbers { id, world: self.world(), over: false }
    }

    pub fn iter(&self, id: usize) -> Listed {
        Listed(self.source(id))
    }

    // Stages.

    pub fn map(&self, id: usize) -> impl FnMut(Item) -> Item + Send + use<> {
        let world = self.world();
        move |item| {
            let _ = world.call(id);
            item.passes(id)
        }
    }

    pub fn tried(&self, id: usize) -> impl FnMut(Item) -> Result<Item, Planned> + Send + use<> {
        let world = self.world();
        move |item| world.call(id).map(|_| item.passes(id))
    }

    pub fn inspect(&self, id: usize) -> impl FnMut(&Item) + Send + use<> {
        let world = self.world();
        move |_| {
            let _ = world.call(id);
        }
    }

    pub fn filter(&self, id: usize) -> impl FnMut(&Item) -> bool + Send + use<> {
        let world = self.world();
        move |item| {
            let _ = world.call(id);
            world.keeps(item.value, id)
        }
    }

    pub fn flat(&self, id: usize) -> impl FnMut(Item) -> Pieces + Send + use<> {
        let world = self.world();
        move |item| {
            let _ = world.call(id);
            Pieces { id, given: 0, all: world.pieces(item.value, id), item }
        }
    }

    pub fn then(&self, id: usize) -> impl FnMut(Item) -> Later<Item> + Send + use<> {
        let world = self.world();
        move |item| {
            let call = world.call(id).unwrap_or_default();
            let world = Arc::clone(&world);
            Box::pin(async move {
                world.wait(id, item.value, call).await;
                item.passes(id)
            })
        }
    }

    pub fn then_tried(&self, id: usize) -> impl FnMut(Item) -> Later<Result<Item, Planned>> + Send + use<> {
        let world = self.world();
        move |item| {
            let called = world.call(id);
            let world = Arc::clone(&world);
            Box::pin(async move {
                world.wait(id, item.value, called.as_ref().copied().unwrap_or_default()).await;
                called.map(|_| item.passes(id))
            })
        }
    }

    pub fn filter_async(&self, id: usize) -> impl FnMut(&Item) -> Later<bool> + Send + use<> {
        let world = self.world();
        move |item| {
            let (call, value) = (world.call(id).unwrap_or_default(), item.value);
            let world = Arc::clone(&world);
            Box::pin(async move {
                world.wait(id, value, call).await;
                world.keeps(value, id)
            })
        }
    }

    /// Behind a `zip` of streams whose order is known.
    pub fn join(&self, id: usize) -> impl FnMut((Item, Item)) -> Item + Send + use<> {
        move |(mut one, other)| {
            one.value = mix(one.value, other.value);
            one.passes(id)
        }
    }

    /// Behind any other.
    pub fn left(&self, id: usize) -> impl FnMut((Item, Item)) -> Item + Send + use<> {
        move |(one, _)| one.passes(id)
    }

    // Sinks.

    /// The item has come to its sink; what leaves it there is no item.
    pub fn seen(&self, id: usize) -> impl FnMut(Item) -> u64 + Send + use<> {
        let world = self.world();
        move |item| {
            let _ = world.call(id);
            world.state().logs[id].push(item.value);
            item.value
        }
    }

    pub fn sink(&self, id: usize) -> impl FnMut(Item) + Send + use<> {
        let mut seen = self.seen(id);
        move |item| {
            let _ = seen(item);
        }
    }

    pub fn fold(&self, id: usize) -> impl FnMut(Vec<u64>, Item) -> Vec<u64> + Send + use<> {
        let mut seen = self.seen(id);
        move |mut all, item| {
            all.push(seen(item));
            all
        }
    }

    pub fn sink_tried(&self, id: usize) -> impl FnMut(Item) -> Result<(), Planned> + Send + use<> {
        let world = self.world();
        move |item| {
            let called = world.call(id);
            world.state().logs[id].push(item.value);
            called.map(|_| ())
        }
    }

    pub fn sink_async(&self, id: usize) -> impl FnMut(Item) -> Later<()> + Send + use<> {
        let mut tried = self.sink_async_tried(id);
        move |item| {
            let done = tried(item);
            Box::pin(async move {
                let _ = done.await;
            })
        }
    }

    pub fn sink_async_tried(&self, id: usize) -> impl FnMut(Item) -> Later<Result<(), Planned>> + Send + use<> {
        let world = self.world();
        move |item| {
            let called = world.call(id);
            world.state().logs[id].push(item.value);
            let world = Arc::clone(&world);
            Box::pin(async move {
                world.wait(id, item.value, called.as_ref().copied().unwrap_or_default()).await;
                called.map(|_| ())
            })
        }
    }
}

/// What `flat_map` makes of an item, as it is asked for.
pub struct Pieces {
    id: usize,
    given: u64,
    all: u64,
    item: Item,
}

impl Iterator for Pieces {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.given += 1;
        let value = mix(mix(self.item.value, self.id as u64), self.given);
        (self.given <= self.all).then(|| Item::new(&self.item.world, value))
    }
}

/// A source of numbered items that keeps a record.
#[derive(Debug)]
pub struct Numbers {
    id: usize,
    world: Arc<World>,
    over: bool,
}

impl Numbers {
    fn end(&mut self) {
        self.over = true;
        self.world.state().sources[self.id].over = true;
    }

    /// It is asked for an item.
    fn asked(&self) {
        let mut state = self.world.state();
        let early = self.world.gates[self.id].iter().any(|before| !state.sources[*before].over);
        state.sources[self.id].early += usize::from(early);
        state.sources[self.id].late += usize::from(self.over);
    }

    fn give(&mut self) -> Result<Option<Item>, Planned> {
        // From here on nothing awaits: what is given was made, and what was made is given.
        let called = self.world.call(self.id);
        if called.is_err() {
            self.end();
        }
        called?;
        let given = self.world.state().sources[self.id].given;
        if given == self.world.params[self.id].items {
            self.end();
            return Ok(None);
        }
        let item = Item::new(&self.world, self.world.first(self.id, given));
        self.world.state().sources[self.id].given += 1;
        Ok(Some(item))
    }
}

impl Source for Numbers {
    type Item = Item;

    async fn next(&mut self) -> Result<Option<Item>, BoxError> {
        self.asked();
        let given = self.world.state().sources[self.id].given as u64;
        self.world.wait(self.id, given, given).await;
        Ok(self.give()?)
    }

    async fn close(&mut self) {
        self.end();
        self.world.state().sources[self.id].closes += 1;
        self.world.wait(self.id, 0, 0).await;
        self.world.state().sources[self.id].closed += 1;
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        self.end();
        self.world.state().sources[self.id].drops += 1;
    }
}

/// The same as an iterator.
#[derive(Debug)]
pub struct Listed(Numbers);

impl Iterator for Listed {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.0.asked();
        self.0.give().ok().flatten()
    }
}
