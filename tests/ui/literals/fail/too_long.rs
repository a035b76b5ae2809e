use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { interval(99999999h) -> discard() };
}
