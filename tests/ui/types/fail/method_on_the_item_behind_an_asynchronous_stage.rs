use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map_async(2, |x| async move { x + 1 }) -> map(|x| x.len()) -> discard() };
}
