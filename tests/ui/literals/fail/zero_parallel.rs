use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> parallel(0) { map(|n| n) } -> discard() };
}
