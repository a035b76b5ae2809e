use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> broadcast { queue(2) -> map(|n: String| n) -> count(), discard() }
    };
}
