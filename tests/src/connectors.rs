//! What the tests of connectors share: an end of the run after so many items.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// Tells the test of each item that passes.
pub fn counted<T>(seen: UnboundedSender<()>) -> impl FnMut(&T) {
    move |_| seen.send(()).unwrap_or_default()
}

/// Acts when `n` items have passed.
///
/// # Panics
/// When fewer do.
pub async fn after(n: usize, mut seen: UnboundedReceiver<()>, act: impl FnOnce()) {
    for _ in 0..n {
        seen.recv().await.expect("more items");
    }
    act();
}
