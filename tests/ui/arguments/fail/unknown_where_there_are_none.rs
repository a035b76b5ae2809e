use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_async(2, async |x| x, ordered = false) -> discard() };
}
