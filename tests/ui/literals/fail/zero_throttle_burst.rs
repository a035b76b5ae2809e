use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> throttle(1, 1s, burst = 0) -> discard() };
}
