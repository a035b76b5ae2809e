use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { interval(0x1s) -> discard() };
}
