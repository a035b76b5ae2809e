use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { stream(futures_util::stream::iter([futures_util::stream::iter(0..3)])) -> flatten_unordered(0_usize) -> discard() };
}
