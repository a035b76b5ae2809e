use aqueduct::pipeline;

use std::rc::Rc;

fn main() {
    let seen = Rc::new(5);
    let running = pipeline! { iter(0..3_u32) -> map(move |x| x + *seen) -> discard() }.spawn();
    drop(running);
}
