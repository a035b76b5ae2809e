use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> match { n => n -> merge(iter(0..3), iter(3..6)) -> count() } };
}
