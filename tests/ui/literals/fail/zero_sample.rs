use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> sample(0.0s) -> discard() };
}
