use std::rc::Rc;

use aqueduct::pipeline;

fn main() {
    let p = pipeline! {
        iter(0..3u32) -> broadcast {
            count(),
            map(|n| Rc::new(n)) -> queue(4) -> map(|n| *n) -> discard(),
        }
    };
    drop(p.run());
}
