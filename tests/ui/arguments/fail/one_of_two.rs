use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map_async(|x| async move { x }) -> discard() };
}
