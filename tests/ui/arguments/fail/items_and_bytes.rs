use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> queue(8, bytes = 64KiB) -> discard() };
}
