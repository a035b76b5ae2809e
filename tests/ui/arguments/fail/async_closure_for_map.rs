use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map(async |x| x + 1) -> map(|x| x + 1) -> discard() };
}
