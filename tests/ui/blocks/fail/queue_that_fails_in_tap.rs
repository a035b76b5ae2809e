use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> tap { queue(4, overflow = fail) -> count() } -> discard() };
}
