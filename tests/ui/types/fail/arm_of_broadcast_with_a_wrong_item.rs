use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> broadcast {
            map(|n| n + 1) -> count(),
            map(|n: String| n) -> count(),
        }
    };
}
