use aqueduct::pipeline;

use std::rc::Rc;

async fn run() {
    let _ = pipeline! { iter(0..3_u32) -> map(|x| Rc::new(x)) -> queue(8) -> discard() }.run().await;
}

fn main() {
    drop(run());
}
