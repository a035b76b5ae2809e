use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { map(|x: u8| x) -> discard() };
}
