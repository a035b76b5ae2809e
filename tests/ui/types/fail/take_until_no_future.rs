use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> take_until(|x| x > 1) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
