use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { 0..3 -> discard() };
}
