use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc::{Receiver, Sender};

use crate::Token;
use crate::stage::{Head, Input, Out, Told};

/// A tokio receiver as a stream. Its drop lets senders know that nobody reads.
pub(crate) struct Received<T>(Receiver<T>);

pub(crate) fn receive<T>(receiver: Receiver<T>) -> Received<T> {
    Received(receiver)
}

impl<T> Stream for Received<T> {
    type Item = T;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(cx)
    }
}

/// Sends every item; ends well, and soon, when nobody receives any more (S3). Leaves the number of items delivered.
pub(crate) async fn forward<T, Tok: Token, H: Head<Item = (T, Tok)>>(
    mut input: Input<H>,
    sender: Sender<T>,
    out: Out<u64>,
) -> Result<(), Told> {
    let mut delivered = 0;
    loop {
        let next = poll_closed_or(&sender, input.next()).await;
        let Some(Some((item, token))) = next else { break };
        // A place is reserved first, so that an item is not lost in a cancelled send.
        match sender.reserve().await {
            Ok(place) => place.send(item),
            Err(_) => break,
        }
        token.done();
        delivered += 1;
    }
    out.set(delivered);
    Ok(())
}

/// `future`'s outcome, or `None` as soon as the channel is closed.
async fn poll_closed_or<T, F: Future>(sender: &Sender<T>, future: F) -> Option<F::Output> {
    let mut closed = std::pin::pin!(sender.closed());
    let mut future = std::pin::pin!(future);
    poll_fn(|cx| {
        if let Poll::Ready(()) = closed.as_mut().poll(cx) {
            return Poll::Ready(None);
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}
