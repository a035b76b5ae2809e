use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { merge(iter(0..3), low = 3) -> discard() };
}
