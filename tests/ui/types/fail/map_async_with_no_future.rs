use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map_async(2, |x| x + 1) -> discard() };
}
