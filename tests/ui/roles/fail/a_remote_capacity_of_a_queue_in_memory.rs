use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(8, capacity = 100) -> count() };
}
