use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { interval(1.5ns) -> discard() };
}
