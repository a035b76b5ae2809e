use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(orders, capacity = 100, role = "ingest") -> count() };
}
