use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> buffered(4) -> discard() };
}
