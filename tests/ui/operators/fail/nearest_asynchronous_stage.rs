use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_asnyc_unordered(2, async |x| x) -> discard() };
}
