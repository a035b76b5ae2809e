use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> batch(8, 0ms) -> discard() };
}
