use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> delay(0ns) -> discard() };
}
