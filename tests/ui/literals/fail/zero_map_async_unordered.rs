use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_async_unordered(0, async |x| x) -> discard() };
}
