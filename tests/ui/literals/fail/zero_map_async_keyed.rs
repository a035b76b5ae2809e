use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_async_keyed(0, |x| *x, async |x| x) -> discard() };
}
