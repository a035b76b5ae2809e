use std::rc::Rc;

use aqueduct::pipeline;

fn main() {
    let one = Rc::new(1);
    let p = pipeline! {
        iter(0..3u32) -> match move {
            n if n > *one => n -> discard(),
            n => n -> count(),
        }
    };
    drop(p.run());
}
