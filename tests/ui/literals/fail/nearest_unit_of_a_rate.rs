use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> throttle(2, 1minute) -> discard() };
}
