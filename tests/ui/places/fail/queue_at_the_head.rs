use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { queue(8) -> discard() };
}
