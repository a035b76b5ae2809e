use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> batch(2, 1s, bytes = 64kb) -> discard() };
}
