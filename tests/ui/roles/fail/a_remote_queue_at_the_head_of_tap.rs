use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> tap { queue(orders, capacity = 100) -> count() } -> count() };
}
