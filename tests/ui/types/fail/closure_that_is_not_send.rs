use aqueduct::pipeline;

use std::rc::Rc;

async fn run() {
    let seen = Rc::new(5);
    let _ = pipeline! { iter(0..3_u32) -> map(move |x| x + *seen) -> discard() }.run().await;
}

fn main() {
    drop(run());
}
