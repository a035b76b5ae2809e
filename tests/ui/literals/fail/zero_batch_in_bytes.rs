use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> batch(8, 1s, bytes = 0) -> discard() };
}
