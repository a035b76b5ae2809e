use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { _ -> map(|x| x) -> discard() };
}
