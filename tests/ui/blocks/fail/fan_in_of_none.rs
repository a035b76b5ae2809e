use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { merge() -> discard() };
}
