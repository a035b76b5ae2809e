use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { bytes("a text")? -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
