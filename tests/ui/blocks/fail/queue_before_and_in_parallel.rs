use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(8) -> parallel(2) { latest() -> map(|n| n) } -> discard() };
}
