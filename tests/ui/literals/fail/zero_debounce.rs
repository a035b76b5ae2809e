use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> debounce(0ms) -> discard() };
}
