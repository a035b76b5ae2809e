use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> collect::<Vec<String>>() };
}
