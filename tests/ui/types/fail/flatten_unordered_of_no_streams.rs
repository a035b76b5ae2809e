use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter([[1_u32]]) -> flatten_unordered(2) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
