use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> windows(0) -> discard() };
}
