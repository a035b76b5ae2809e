use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map_blocking(2, |x: String| x.len()) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
