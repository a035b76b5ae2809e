use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> broadcast { queue(2) -> map_async(2, |n: String| async move { n }) -> count(), discard() }
    };
}
