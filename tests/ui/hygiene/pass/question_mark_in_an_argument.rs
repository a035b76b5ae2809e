use aqueduct::pipeline;

fn build(text: &str) -> Result<(), std::num::ParseIntError> {
    let pipeline = pipeline! { iter(0..text.parse::<u64>()?) -> count() };
    drop(pipeline);
    Ok(())
}

fn main() {
    build("3").unwrap();
}
