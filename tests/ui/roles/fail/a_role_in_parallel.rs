use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> parallel(2) { map(|n| n) -> queue(orders, capacity = 100, role = "work") -> count() } };
}
