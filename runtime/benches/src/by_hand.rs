//! The ways in which one writes a chain of tasks by hand: one item a send, batches of the channel's own, or `Vec`s.
//!
//! A link of a capacity holds as many items in each way, those in its tasks' hands counted.

use std::marker::PhantomData;
use std::mem;

use tokio::sync::mpsc;

use crate::channels::Channel;

/// What each task of a chain does. A task ends when its input has ended; its sender is gone then.
pub trait ByHand: 'static {
    type Sender<T: Send + 'static>: Send + 'static;
    type Receiver<T: Send + 'static>: Send + 'static;

    fn link<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>);

    fn feed<T: Send + 'static>(
        to: Self::Sender<T>,
        items: impl Iterator<Item = T> + Send,
    ) -> impl Future<Output = ()> + Send;

    fn map<T: Send + 'static>(
        from: Self::Receiver<T>,
        to: Self::Sender<T>,
        f: impl FnMut(T) -> T + Send,
    ) -> impl Future<Output = ()> + Send;

    fn flat_map<T: Send + 'static, I: IntoIterator<Item = T, IntoIter: Send>>(
        from: Self::Receiver<T>,
        to: Self::Sender<T>,
        f: impl FnMut(T) -> I + Send,
    ) -> impl Future<Output = ()> + Send;

    fn fold<T: Send + 'static>(
        from: Self::Receiver<T>,
        f: impl FnMut(u64, T) -> u64 + Send,
    ) -> impl Future<Output = u64> + Send;
}

/// One item a send.
pub struct OneASend<C>(PhantomData<C>);

impl<C: Channel> ByHand for OneASend<C> {
    type Sender<T: Send + 'static> = C::Sender<T>;
    type Receiver<T: Send + 'static> = C::Receiver<T>;

    fn link<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        C::bounded(capacity)
    }

    async fn feed<T: Send + 'static>(to: Self::Sender<T>, items: impl Iterator<Item = T> + Send) {
        for item in items {
            C::send(&to, item).await;
        }
    }

    async fn map<T: Send + 'static>(
        mut from: Self::Receiver<T>,
        to: Self::Sender<T>,
        mut f: impl FnMut(T) -> T + Send,
    ) {
        while let Some(item) = C::receive(&mut from).await {
            C::send(&to, f(item)).await;
        }
    }

    async fn flat_map<T: Send + 'static, I: IntoIterator<Item = T, IntoIter: Send>>(
        mut from: Self::Receiver<T>,
        to: Self::Sender<T>,
        mut f: impl FnMut(T) -> I + Send,
    ) {
        while let Some(item) = C::receive(&mut from).await {
            for item in f(item) {
                C::send(&to, item).await;
            }
        }
    }

    async fn fold<T: Send + 'static>(mut from: Self::Receiver<T>, mut f: impl FnMut(u64, T) -> u64 + Send) -> u64 {
        let mut folded = 0;
        while let Some(item) = C::receive(&mut from).await {
            folded = f(folded, item);
        }
        folded
    }
}

/// Tokio's own batches: `reserve_many` and `recv_many`. Half of the items are in the channel, half in hand.
pub struct Many;

pub struct ManySender<T> {
    to: mpsc::Sender<T>,
    most: usize,
}

impl<T> ManySender<T> {
    /// Sends all, some at once.
    async fn send(&self, mut items: impl ExactSizeIterator<Item = T>) {
        while items.len() > 0 {
            let places = self.to.reserve_many(items.len().min(self.most)).await.expect("a receiver");
            places.zip(&mut items).for_each(|(place, item)| place.send(item));
        }
    }
}

pub struct ManyReceiver<T> {
    from: mpsc::Receiver<T>,
    most: usize,
}

impl ByHand for Many {
    type Sender<T: Send + 'static> = ManySender<T>;
    type Receiver<T: Send + 'static> = ManyReceiver<T>;

    fn link<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        let (to, from) = mpsc::channel(capacity / 2);
        // Half of the channel at once, so that both ends can be at work.
        (ManySender { to, most: capacity / 4 }, ManyReceiver { from, most: capacity / 2 })
    }

    async fn feed<T: Send + 'static>(to: Self::Sender<T>, mut items: impl Iterator<Item = T> + Send) {
        let mut batch = Vec::with_capacity(to.most);
        loop {
            batch.extend(items.by_ref().take(to.most));
            if batch.is_empty() {
                break;
            }
            to.send(batch.drain(..)).await;
        }
    }

    async fn map<T: Send + 'static>(
        mut from: Self::Receiver<T>,
        to: Self::Sender<T>,
        mut f: impl FnMut(T) -> T + Send,
    ) {
        let mut batch = Vec::with_capacity(from.most);
        while from.from.recv_many(&mut batch, from.most).await > 0 {
            to.send(batch.drain(..).map(&mut f)).await;
        }
    }

    async fn flat_map<T: Send + 'static, I: IntoIterator<Item = T, IntoIter: Send>>(
        mut from: Self::Receiver<T>,
        to: Self::Sender<T>,
        mut f: impl FnMut(T) -> I + Send,
    ) {
        let (mut batch, mut results) = (Vec::with_capacity(from.most), Vec::with_capacity(to.most));
        while from.from.recv_many(&mut batch, from.most).await > 0 {
            for item in batch.drain(..) {
                results.extend(f(item));
                if results.len() >= to.most {
                    to.send(results.drain(..)).await;
                }
            }
            to.send(results.drain(..)).await;
        }
    }

    async fn fold<T: Send + 'static>(mut from: Self::Receiver<T>, mut f: impl FnMut(u64, T) -> u64 + Send) -> u64 {
        let (mut batch, mut folded) = (Vec::with_capacity(from.most), 0);
        while from.from.recv_many(&mut batch, from.most).await > 0 {
            folded = batch.drain(..).fold(folded, &mut f);
        }
        folded
    }
}

/// `Vec`s: a batch is an item of the channel. Of a link's items, one `SHARE`th is a batch; one batch is in hand, the others are in the
/// channel. An item waits until its batch is full.
pub struct Vecs<C, const SHARE: usize>(PhantomData<C>);

pub struct VecSender<C: Channel, T: Send + 'static> {
    to: C::Sender<Vec<T>>,
    batch: Vec<T>,
    full: usize,
}

impl<C: Channel, T: Send + 'static> VecSender<C, T> {
    async fn push(&mut self, item: T) {
        self.batch.push(item);
        if self.batch.len() == self.full {
            let batch = mem::replace(&mut self.batch, Vec::with_capacity(self.full));
            C::send(&self.to, batch).await;
        }
    }

    async fn finish(self) {
        if !self.batch.is_empty() {
            C::send(&self.to, self.batch).await;
        }
    }
}

impl<C: Channel, const SHARE: usize> ByHand for Vecs<C, SHARE> {
    type Sender<T: Send + 'static> = VecSender<C, T>;
    type Receiver<T: Send + 'static> = C::Receiver<Vec<T>>;

    fn link<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        let (to, from) = C::bounded(SHARE - 1);
        (VecSender { to, batch: Vec::new(), full: capacity / SHARE }, from)
    }

    async fn feed<T: Send + 'static>(to: Self::Sender<T>, mut items: impl Iterator<Item = T> + Send) {
        loop {
            let mut batch = Vec::with_capacity(to.full);
            batch.extend(items.by_ref().take(to.full));
            if batch.is_empty() {
                break;
            }
            C::send(&to.to, batch).await;
        }
    }

    async fn map<T: Send + 'static>(
        mut from: Self::Receiver<T>,
        to: Self::Sender<T>,
        mut f: impl FnMut(T) -> T + Send,
    ) {
        while let Some(batch) = C::receive(&mut from).await {
            // Collected into the memory that the batch had.
            C::send(&to.to, batch.into_iter().map(&mut f).collect()).await;
        }
    }

    async fn flat_map<T: Send + 'static, I: IntoIterator<Item = T, IntoIter: Send>>(
        mut from: Self::Receiver<T>,
        mut to: Self::Sender<T>,
        mut f: impl FnMut(T) -> I + Send,
    ) {
        while let Some(batch) = C::receive(&mut from).await {
            for item in batch {
                for item in f(item) {
                    to.push(item).await;
                }
            }
        }
        to.finish().await;
    }

    async fn fold<T: Send + 'static>(mut from: Self::Receiver<T>, mut f: impl FnMut(u64, T) -> u64 + Send) -> u64 {
        let mut folded = 0;
        while let Some(batch) = C::receive(&mut from).await {
            folded = batch.into_iter().fold(folded, &mut f);
        }
        folded
    }
}
