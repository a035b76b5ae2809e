//! What stays in one task need not be `Send`, nor is it asked to be.

use std::rc::Rc;

use aqueduct::pipeline;

#[tokio::main]
async fn main() {
    let shared = pipeline! {
        iter(0..9_u32)
            -> map(Rc::new)
            -> filter(|n| **n > 1)
            -> enumerate()
            -> filter_map(|(at, n)| (at < 5).then_some(n))
            -> inspect(|n| assert_eq!(Rc::strong_count(n), 1))
            -> map(|n| *n)
            -> queue(2)
            -> map(Rc::new)
            -> for_each(|n| assert!(*n < 7))
    };
    shared.run().await.unwrap();
}
