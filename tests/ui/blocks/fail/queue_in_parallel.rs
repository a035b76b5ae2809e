use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> parallel(2) { queue(4) -> map(|n| n) } -> discard() };
}
