use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map_async(2, async |x: String| x.len()) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
