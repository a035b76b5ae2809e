use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> batch(2, 1s)? -> discard() };
}
