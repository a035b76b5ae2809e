//! What a user would write as types: sources, a transform, a sink, who feeds an inlet.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use aqueduct::{Ack, AckSource, BoxError, Emitter, Inlet, Signal, Sink, Source, Transform};
use aqueduct_tests::flow::turns;
use futures_util::Stream;

use super::plan::{Fault, What};
use super::world::{Held, Item, Planned, World, mix};

/// What `flat_map` makes of an item, as it is asked for.
pub struct Pieces {
    id: usize,
    given: u64,
    all: u64,
    item: Item,
}

impl Pieces {
    pub fn new(id: usize, item: Item) -> Self {
        Self { id, given: 0, all: item.world.pieces(item.value, id), item }
    }
}

impl Iterator for Pieces {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let _ = self.item.world.visit(self.id, What::Piece, &self.item);
        self.given += 1;
        let value = mix(mix(self.item.value, self.id as u64), self.given);
        (self.given <= self.all).then(|| self.item.another(value))
    }
}

/// The same as a stream.
pub struct Flow(pub Pieces);

impl Stream for Flow {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(self.0.next())
    }
}

/// A source of numbered items that keeps a record.
#[derive(Debug)]
pub struct Numbers {
    id: usize,
    world: Held,
    over: bool,
}

impl Numbers {
    pub fn new(id: usize, world: Held) -> Self {
        Self { id, world, over: false }
    }

    fn end(&mut self) {
        self.over = true;
        self.world.state().sources[self.id].over = true;
    }

    /// How many it has given.
    pub fn given(&self) -> usize {
        self.world.state().sources[self.id].given
    }

    /// It is asked for an item.
    pub fn asked(&self) {
        let mut state = self.world.state();
        let early = self.world.gates[self.id].iter().any(|before| !state.sources[*before].over);
        state.sources[self.id].early += usize::from(early);
        state.sources[self.id].late += usize::from(self.over);
    }

    /// What is given was made, and what was made is given: nothing awaits here.
    pub fn give(&mut self) -> Option<Item> {
        if self.given() == self.world.params[self.id].items {
            self.end();
            return None;
        }
        Some(self.give_more())
    }

    /// It has no end.
    pub fn give_more(&mut self) -> Item {
        let item = Item::new(&self.world, self.world.first(self.id, self.given()));
        self.world.state().sources[self.id].given += 1;
        item
    }
}

impl Source for Numbers {
    type Item = Item;

    async fn next(&mut self) -> Result<Option<Item>, BoxError> {
        self.asked();
        let given = self.given() as u64;
        if let Err(planned) = self.world.later(self.id, What::Next, given).await {
            self.end();
            return Err(planned.into());
        }
        Ok(self.give())
    }

    fn on_signal(&mut self, _: Signal) {
        let _ = self.world.visit(self.id, What::Signal, 0);
    }

    async fn close(&mut self) {
        self.end();
        self.world.state().sources[self.id].closes += 1;
        let _ = self.world.later(self.id, What::Close, 0).await;
        self.world.state().sources[self.id].closed += 1;
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        self.end();
        self.world.state().sources[self.id].drops += 1;
    }
}

/// The same, asking what becomes of each item.
pub struct Asking(pub Numbers);

impl AckSource for Asking {
    type Item = Item;

    async fn next(&mut self) -> Result<Option<(Item, Ack)>, BoxError> {
        Ok(Source::next(&mut self.0).await?.map(Item::asked))
    }

    fn on_signal(&mut self, signal: Signal) {
        Source::on_signal(&mut self.0, signal);
    }

    async fn close(&mut self) {
        Source::close(&mut self.0).await;
    }
}

/// The same as an iterator.
#[derive(Debug)]
pub struct Listed(pub Numbers);

impl Iterator for Listed {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.0.asked();
        let _ = self.0.world.call(self.0.id, 0);
        self.0.give()
    }
}

/// Sends its share of the items into an inlet, until that is closed.
pub async fn feed(world: Arc<World>, id: usize, feeder: usize, inlet: Inlet<Item>) {
    let (feeders, items) = (world.params[id].n, world.params[id].items);
    // Not before somebody watches the link.
    while world.control.get().is_none() {
        turns(1).await;
    }
    loop {
        let sent = world.state().fed[id][feeder];
        let number = sent * feeders + feeder;
        if number >= items {
            return;
        }
        let value = world.first(id, number);
        turns((value % 3) as usize).await;
        let cancelled = world.visit(id, What::Send, value) == Some(Fault::Cancel);
        let patience = async {
            turns((value % 20) as usize).await;
            if !cancelled {
                std::future::pending().await
            }
        };
        let mut sending = Box::pin(inlet.send(Item::new(&world, value)));
        let outcome = tokio::select! {
            biased;
            outcome = &mut sending => Some(outcome),
            () = patience => None,
        };
        world.outside(sending);
        match outcome {
            Some(Ok(())) => world.state().fed[id][feeder] += 1,
            Some(Err(closed)) => return world.outside(closed),
            None => {}
        }
    }
}

/// Gives each item again, when it has so many later ones.
pub struct Late {
    id: usize,
    world: Held,
    held: VecDeque<(Item, Ack)>,
    holds: usize,
}

impl Late {
    pub fn new(id: usize, world: Held, holds: usize) -> Self {
        Self { id, world, held: VecDeque::new(), holds }
    }
}

impl Transform<Item> for Late {
    type Out = Item;

    async fn apply(&mut self, item: Item, out: &mut Emitter<'_, Item>) -> Result<(), BoxError> {
        let called = self.world.later(self.id, What::Apply, &item).await;
        let item = item.passed(self.id, called)?;
        if self.holds == 0 {
            out.emit(item).await;
            return Ok(());
        }
        self.held.push_back((item, out.hold()));
        if self.held.len() > self.holds
            && let Some((oldest, ack)) = self.held.pop_front()
        {
            out.emit_with(ack, oldest).await;
        }
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, Item>) -> Result<(), BoxError> {
        self.world.later(self.id, What::Finish, 0).await?;
        while let Some((item, ack)) = self.held.pop_front() {
            out.emit_with(ack, item).await;
        }
        Ok(())
    }

    fn holds(&self) -> Option<usize> {
        Some(self.holds)
    }
}

/// Keeps the numbers of its items.
pub struct Stored {
    id: usize,
    world: Held,
    values: Vec<u64>,
}

impl Stored {
    pub fn new(id: usize, world: Held) -> Self {
        Self { id, world, values: Vec::new() }
    }
}

impl Sink<Item> for Stored {
    type Output = Vec<u64>;

    async fn write(&mut self, item: Item) -> Result<(), BoxError> {
        self.values.push(self.world.log(self.id, &item));
        let called = self.world.later(self.id, What::Write, &item).await;
        drop(item.passed(self.id, called)?);
        Ok(())
    }

    async fn finish(self) -> Result<Vec<u64>, BoxError> {
        let Self { id, world, values } = self;
        let finished: Result<(), Planned> = world.later(id, What::Finish, 0).await;
        world.goes_after(&finished);
        Ok(finished.map(|()| values)?)
    }
}
