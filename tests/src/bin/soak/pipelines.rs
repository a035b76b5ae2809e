//! The kinds of pipelines that are played.

use aqueduct::testkit::{SourceWatch, Tracked};
use aqueduct::{Closed, Sink, Source, Transform, pipeline};
use futures_util::StreamExt as _;

use crate::play::{End, Play, Step};
use crate::report::Report;

/// How it ended, how often each item must have arrived, and its sources.
type Played = (End, usize, Vec<SourceWatch>);

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Queues,
    Futures,
    Parallel,
    Broadcast,
    Match,
    Merge,
    Batch,
    Segments,
    InletAndOutlet,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Queues,
        Self::Futures,
        Self::Parallel,
        Self::Broadcast,
        Self::Match,
        Self::Merge,
        Self::Batch,
        Self::Segments,
        Self::InletAndOutlet,
    ];

    pub async fn play(self, play: &Play, report: &Report) -> Played {
        match self {
            Self::Queues => queues(play, report).await,
            Self::Futures => futures(play, report).await,
            Self::Parallel => parallel(play, report).await,
            Self::Broadcast => broadcast(play, report).await,
            Self::Match => route(play, report).await,
            Self::Merge => merge(play, report).await,
            Self::Batch => batch(play, report).await,
            Self::Segments => segments(play, report).await,
            Self::InletAndOutlet => inlet_and_outlet(play, report).await,
        }
    }
}

async fn queues(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, c, _]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> queue(a) -> map(move |item| step.now(item.weighing(b)))? -> queue(bytes = 3 * b + 1)
        -> map(|item| item) -> queue(c, low = 0) -> for_each(Tracked::arrive)
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

async fn futures(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, c, d]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> map_async(a, move |item| step.later(item))? -> queue(b)
        -> map_async_unordered(c, async |item| item) -> map_async_keyed(d, |item: &Tracked| item.number() % 7, async |item| item)
        -> for_each_async(2, async |item: Tracked| item.arrive())
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

async fn parallel(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, ..]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> queue(a) -> parallel(3) { then(move |item| step.later(item))? -> queue(b) -> map(|item| item) }
        -> for_each(Tracked::arrive)
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

async fn broadcast(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, c, _]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> broadcast {
            queue(a) -> for_each(Tracked::arrive),
            map_async(b, move |item| step.later(item))? -> for_each(Tracked::arrive),
            for_each(Tracked::arrive),
            queue(c) -> map(|item| item),
        }
        -> for_each(Tracked::arrive)
    }
    .spawn();
    (play.disturb(running, report).await, 4, vec![watch])
}

async fn route(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, c, _]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> map(move |item| step.now(item)) -> queue(a) -> match {
            Ok(item) if item.number() % 3 == 0 => item -> queue(b) -> for_each(Tracked::arrive),
            Ok(item) if item.number() % 3 == 1 => item -> map_async(c, move |item| step.later(item))?,
            Ok(item) => item,
            Err(error) => error -> map(|error| -> Result<(), _> { Err(error) })? -> discard(),
        }
        -> for_each(Tracked::arrive)
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

async fn merge(play: &Play, report: &Report) -> Played {
    let quarter = play.items / 4;
    let (first, a) = play.source(0..quarter);
    let (second, b) = play.source(quarter..2 * quarter);
    let (third, c) = play.source(2 * quarter..3 * quarter);
    let (last, d) = play.source(3 * quarter..play.items);
    let (step, [x, y, ..]) = (play.step, play.sizes);
    let running = pipeline! {
        let both = merge(from(first) -> queue(x), from(second));
        prefer(interleave(both, from(third) -> queue(y)), from(last)) -> then(move |item| step.later(item))?
        -> for_each(Tracked::arrive)
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![a, b, c, d])
}

async fn batch(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, c, _]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! {
        from(source) -> map(move |item| step.now(item))? -> batch(a, 1ms) -> flatten() -> queue(b) -> ready_chunks(c) -> flatten()
        -> chunks(3) -> for_each(|items: Vec<Tracked>| items.into_iter().for_each(Tracked::arrive))
    }
    .spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

fn given(source: impl Source<Item = Tracked> + Send + 'static, size: usize) -> impl Source<Item = Tracked> {
    pipeline! { from(source) -> queue(size) -> map(|item| item) -> _ }
}

fn worked(step: Step, size: usize) -> impl Transform<Tracked, Out = Tracked> {
    pipeline! { _: Tracked -> map_async(size, move |item| step.later(item))? -> queue(2) -> filter(|_| true) -> _ }
}

fn stored() -> impl Sink<Tracked, Output = ()> {
    pipeline! { _: Tracked -> batch(5, 1ms) -> for_each(|items| items.into_iter().for_each(Tracked::arrive)) }
}

async fn segments(play: &Play, report: &Report) -> Played {
    let ((source, watch), step, [a, b, ..]) = (play.source(0..play.items), play.step, play.sizes);
    let running = pipeline! { from(given(source, a)) -> via(worked(step, b)) -> into(stored()) }.spawn();
    (play.disturb(running, report).await, 1, vec![watch])
}

/// Two producers, and a consumer outside. What is sent after the end comes back, and has so arrived.
async fn inlet_and_outlet(play: &Play, report: &Report) -> Played {
    let (inlet, mut outlet, running) = worked(play.step, play.sizes[0]).spawn();
    let half = play.items / 2;
    let send = |numbers: std::ops::Range<u64>| {
        let (inlet, items) = (inlet.clone(), play.tracker.items(numbers));
        async move {
            for item in items {
                if let Err(Closed(item)) = inlet.send(item).await {
                    item.arrive();
                }
            }
        }
    };
    let (first, second) = (send(0..half), send(half..play.items));
    drop(inlet);
    let receive = async {
        while let Some(item) = outlet.next().await {
            item.arrive();
        }
    };
    let (end, ..) = tokio::join!(play.disturb(running, report), first, second, receive);
    (end, 1, Vec::new())
}
