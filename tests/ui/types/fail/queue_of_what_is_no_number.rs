use aqueduct::pipeline;

/// Kept by a broker.
struct Orders;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(Orders) -> count() };
}
