use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(8, role = "work") -> count() };
}
