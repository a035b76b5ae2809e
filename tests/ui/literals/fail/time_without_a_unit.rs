use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> timeout(5) -> discard() };
}
