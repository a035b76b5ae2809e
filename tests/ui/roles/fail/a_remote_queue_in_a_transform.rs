use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { _: u32 -> map(|n| n) -> queue(orders, capacity = 100) -> map(|n| n) -> _ };
}
