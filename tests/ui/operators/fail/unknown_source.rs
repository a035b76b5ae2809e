use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { itr(0..3) -> discard() };
}
