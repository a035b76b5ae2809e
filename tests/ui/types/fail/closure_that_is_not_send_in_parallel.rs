use std::rc::Rc;

use aqueduct::pipeline;

fn main() {
    let one = Rc::new(1);
    let p = pipeline! {
        iter(0..3u32) -> parallel(2) { map({ let one = Rc::clone(&one); move |n| n + *one }) } -> discard()
    };
    drop(p.run());
}
