use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> match { 0 => 1, x => x } -> discard() };
}
