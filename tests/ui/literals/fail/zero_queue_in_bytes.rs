use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> queue(bytes = 0KiB) -> discard() };
}
