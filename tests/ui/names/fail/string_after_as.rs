use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> map(|x| x + 1) as "more" -> count() };
}
