use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_blocking(0, |x| x) -> discard() };
}
