use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> throttle(2, 1s, bursts = 4) -> discard() };
}
