use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> batch(2, 1s, byte = 4KiB) -> discard() };
}
