//! What a run of a ring says of itself, and what becomes of items that nobody took.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::link::ring;
use crate::link::state::LinkState;
use crate::stage::{Consumer, Head};

/// A consumer that collects, or a link that the run goes to, makes room by it.
#[test]
fn a_run_says_how_many_items_are_left() {
    let (mut sender, mut receiver) = ring(Arc::new(LinkState::new(4, 0)));
    assert!(sender.consume(0..3).is_ok());
    sender.publish();
    let mut run = receiver.items(4);
    for left in (0..=3).rev() {
        assert_eq!(run.size_hint(), (left, Some(left)));
        run.next();
    }
}

struct Broken {
    breaks: bool,
    drops: Arc<AtomicUsize>,
}

impl Drop for Broken {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
        assert!(!self.breaks, "planned");
    }
}

/// R8
#[test]
fn items_behind_one_whose_drop_panics_are_dropped_too() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (mut sender, receiver) = ring(Arc::new(LinkState::new(4, 0)));
    assert!(
        sender
            .consume([true, false, false].map(|breaks| Broken { breaks, drops: Arc::clone(&drops) }).into_iter())
            .is_ok()
    );
    drop(sender);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
    assert_eq!(drops.load(Ordering::Relaxed), 3);
}
