use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let a = iter(0..3);
        iter(0..3) -> broadcast { a -> count(), discard() }
    };
}
