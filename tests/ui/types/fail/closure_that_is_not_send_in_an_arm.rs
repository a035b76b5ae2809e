use std::rc::Rc;

use aqueduct::pipeline;

fn main() {
    let one = Rc::new(1);
    let p = pipeline! {
        iter(0..3u32) -> match {
            0 => 0 -> discard(),
            n => n -> map(move |n| n + *one) -> count(),
        }
    };
    drop(p.run());
}
