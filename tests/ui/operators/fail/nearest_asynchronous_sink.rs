use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> foreach_async(2, async |_| {}) };
}
