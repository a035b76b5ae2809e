use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> chunks(n = 2) -> discard() };
}
