use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { vec![1, 2] -> discard() };
}
