use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(orders, capacity = 100) -> parallel(2) { count() } };
}
