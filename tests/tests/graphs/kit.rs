//! What the shapes' text calls: the run's parameters, and the functions of its stages.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::testkit::run_shuffled;
use aqueduct::{Control, InletSource, Pipeline, PipelineError};
use aqueduct_tests::flow::Dice;

use super::plan::What;
use super::user::{Asking, Flow, Late, Listed, Numbers, Pieces, Stored, feed};
use super::world::{About, Held, Item, Planned, World, mix};

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
    /// Inside the future that runs it, its tasks in an order that is drawn from the number.
    Shuffled(u64),
}

impl Mode {
    pub fn draw(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::Run,
            1 => Self::Local,
            2 => Self::Spawn,
            _ => Self::Shuffled(dice.below(u64::MAX)),
        }
    }

    /// Whether the tasks run inside the future.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Local | Self::Shuffled(_))
    }
}

/// What a run comes to.
pub type Outcome = Result<Vec<Got>, PipelineError>;

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
                Mode::Shuffled(seed) => {
                    let run = run_shuffled(pipeline, seed);
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

    /// The same, for what may go wrong when it is dropped.
    fn held(&self, id: usize) -> Held {
        Held::new(id, self.world())
    }

    // Parameters.

    pub fn cap(&self, id: usize) -> usize {
        self.0.params[id].cap
    }

    /// Room for at least the heaviest item.
    pub fn bytes(&self, id: usize) -> usize {
        self.cap(id) + 3
    }

    pub fn low(&self, id: usize) -> usize {
        self.0.params[id].low
    }

    pub fn n(&self, id: usize) -> usize {
        self.0.params[id].n
    }

    pub fn items(&self, id: usize) -> usize {
        self.0.params[id].items
    }

    pub fn take(&self, id: usize) -> usize {
        self.0.params[id].take
    }

    pub fn period(&self, id: usize) -> Duration {
        Duration::from_millis(self.0.params[id].period)
    }

    // Sources.

    pub fn source(&self, id: usize) -> Numbers {
        Numbers::new(id, self.held(id))
    }

    pub fn asking(&self, id: usize) -> Asking {
        Asking(self.source(id))
    }

    pub fn iter(&self, id: usize) -> Listed {
        Listed(self.source(id))
    }

    pub fn unfold(&self, id: usize) -> impl FnMut(Numbers) -> Later<Option<(Item, Numbers)>> + Send + use<> {
        let world = self.held(id);
        move |mut numbers| {
            let given = numbers.given() as u64;
            let _ = world.call(id, given);
            let world = Arc::clone(&world);
            Box::pin(async move {
                numbers.asked();
                let _ = world.later(id, What::Later, given).await;
                numbers.give().map(|item| (item, numbers))
            })
        }
    }

    pub fn repeat(&self, id: usize) -> impl FnMut() -> Item + Send + use<> {
        let (world, mut numbers) = (self.held(id), self.source(id));
        move || {
            numbers.asked();
            let _ = world.call(id, numbers.given() as u64);
            numbers.give_more()
        }
    }

    /// An inlet, and tasks that feed it.
    pub fn inlet(&self, id: usize) -> InletSource<Item> {
        let (inlet, source) = aqueduct::inlet(self.cap(id));
        self.0.state().fed[id] = vec![0; self.n(id)];
        for feeder in 0..self.n(id) {
            drop(tokio::spawn(feed(self.world(), id, feeder, inlet.clone())));
        }
        source
    }

    // Stages.

    pub fn map(&self, id: usize) -> impl Fn(Item) -> Item + Send + Sync + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, &item);
            item.passes(id)
        }
    }

    pub fn tried(&self, id: usize) -> impl Fn(Item) -> Result<Item, Planned> + Send + Sync + use<> {
        let world = self.held(id);
        move |item| {
            let called = world.call(id, &item);
            item.passed(id, called)
        }
    }

    pub fn inspect(&self, id: usize) -> impl FnMut(&Item) + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, item);
        }
    }

    pub fn filter(&self, id: usize) -> impl FnMut(&Item) -> bool + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, item);
            world.keeps_or_leaves_out(item, id)
        }
    }

    pub fn filter_map(&self, id: usize) -> impl FnMut(Item) -> Option<Item> + Send + use<> {
        let mut keeps = self.filter(id);
        move |item| keeps(&item).then(|| item.passes(id))
    }

    pub fn scan(&self, id: usize) -> impl FnMut(&mut u64, Item) -> Option<Item> + Send + use<> {
        let map = self.map(id);
        move |count, item| {
            *count += 1;
            Some(map(item))
        }
    }

    /// Those at the beginning are left out.
    pub fn skip(&self, id: usize) -> impl FnMut(&Item) -> bool + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, item);
            let skips = world.keeps(item.value, id);
            if skips {
                world.leaves_out(item);
            }
            skips
        }
    }

    /// Those with the key of the one before are left out.
    pub fn dedup(&self, id: usize) -> impl FnMut(&Item) -> u64 + Send + use<> {
        let (world, mut before) = (self.held(id), None);
        move |item| {
            let _ = world.call(id, item);
            let key = world.key(item.value, id);
            if before.replace(key) == Some(key) {
                world.leaves_out(item);
            }
            key
        }
    }

    pub fn key(&self, id: usize) -> impl FnMut(&Item) -> u64 + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.visit(id, What::Guard, item);
            world.key(item.value, id)
        }
    }

    pub fn flow(&self, id: usize) -> impl Fn(Item) -> Flow + Send + Sync + use<> {
        move |item| Flow(Pieces::new(id, item))
    }

    /// Ready after some periods.
    pub fn until(&self, id: usize) -> Later<()> {
        let (world, time) = (self.world(), self.period(id) * self.take(id) as u32);
        Box::pin(async move {
            tokio::time::sleep(time).await;
            let _ = world.later(id, What::Later, 0).await;
        })
    }

    pub fn flat(&self, id: usize) -> impl FnMut(Item) -> Pieces + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, &item);
            Pieces::new(id, item)
        }
    }

    pub fn then(&self, id: usize) -> impl FnMut(Item) -> Later<Item> + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, &item);
            let world = Arc::clone(&world);
            Box::pin(async move {
                let _ = world.later(id, What::Later, &item).await;
                item.passes(id)
            })
        }
    }

    pub fn then_tried(&self, id: usize) -> impl FnMut(Item) -> Later<Result<Item, Planned>> + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, &item);
            let world = Arc::clone(&world);
            Box::pin(async move {
                let called = world.later(id, What::Later, &item).await;
                item.passed(id, called)
            })
        }
    }

    pub fn filter_async(&self, id: usize) -> impl FnMut(&Item) -> Later<bool> + Send + use<> {
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, item);
            let (world, about) = (Arc::clone(&world), About::from(item));
            Box::pin(async move {
                let _ = world.later(id, What::Later, about).await;
                world.keeps_or_leaves_out(about, id)
            })
        }
    }

    /// The newer of two.
    pub fn conflate(&self, id: usize) -> impl FnMut(Item, Item) -> Item + Send + use<> {
        let world = self.held(id);
        move |older, newer| {
            let _ = world.call(id, &newer);
            newer.with(older)
        }
    }

    pub fn via(&self, id: usize) -> Late {
        Late::new(id, self.held(id), self.n(id) - 1)
    }

    /// Behind a `zip` of streams whose order is known.
    pub fn join(&self, id: usize) -> impl FnMut((Item, Item)) -> Item + Send + use<> {
        move |(mut one, other)| {
            one.value = mix(one.value, other.value);
            one.with(other).passes(id)
        }
    }

    /// Behind any other.
    pub fn left(&self, id: usize) -> impl FnMut((Item, Item)) -> Item + Send + use<> {
        move |(one, other)| one.with(other).passes(id)
    }

    // Sinks.

    /// The item has come to its sink; what leaves it there is no item.
    pub fn seen(&self, id: usize) -> impl Fn(Item) -> u64 + Send + Sync + use<> {
        let (world, came) = (self.held(id), self.came(id));
        move |item| {
            let _ = world.call(id, &item);
            came(item)
        }
    }

    /// The same, and the code that may go wrong is that of `sum`.
    pub fn came(&self, id: usize) -> impl Fn(Item) -> u64 + Send + Sync + use<> {
        let world = self.world();
        move |item| world.log(id, &item)
    }

    pub fn sum(&self, id: usize) -> impl FnMut(u64, u64) -> u64 + Send + use<> {
        let world = self.held(id);
        move |one, other| {
            let _ = world.call(id, other);
            one.wrapping_add(other)
        }
    }

    pub fn sink(&self, id: usize) -> impl Fn(Item) + Send + Sync + use<> {
        let seen = self.seen(id);
        move |item| {
            let _ = seen(item);
        }
    }

    pub fn fold(&self, id: usize) -> impl FnMut(Vec<u64>, Item) -> Vec<u64> + Send + use<> {
        let seen = self.seen(id);
        move |mut all, item| {
            all.push(seen(item));
            all
        }
    }

    pub fn sink_tried(&self, id: usize) -> impl Fn(Item) -> Result<(), Planned> + Send + Sync + use<> {
        let world = self.held(id);
        move |item| {
            let called = world.call(id, &item);
            let _ = world.log(id, &item);
            item.passed(id, called).map(drop)
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
        let world = self.held(id);
        move |item| {
            let _ = world.call(id, &item);
            let _ = world.log(id, &item);
            let world = Arc::clone(&world);
            Box::pin(async move {
                let called = world.later(id, What::Later, &item).await;
                item.passed(id, called).map(drop)
            })
        }
    }

    pub fn into(&self, id: usize) -> Stored {
        Stored::new(id, self.held(id))
    }
}
