use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map_async_keyed(2, |x| f64::from(*x), async |x| x + 1) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
