use std::rc::Rc;

use aqueduct::pipeline;

fn main() {
    let one = Rc::new(1);
    let p = pipeline! {
        iter(0..3u32) -> tap { for_each(move |n| assert!(n + *one > 0)) } -> discard()
    };
    drop(p.run());
}
