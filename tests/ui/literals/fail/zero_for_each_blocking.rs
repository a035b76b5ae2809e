use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> for_each_blocking(0, |_| {}) };
}
