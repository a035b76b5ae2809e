use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> broadcast { iter(3..6) -> count(), discard() } };
}
