use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> queue(bytes = 1KiB, low = 2KiB) -> discard() };
}
