use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { lines("a text") -> discard() };
}
