use std::error::Error;

use aqueduct::pipeline;

fn parse(text: &str) -> Result<u32, Box<dyn Error>> {
    Ok(text.parse()?)
}

async fn run() -> Result<(), aqueduct::PipelineError> {
    let _ = pipeline! { iter(["1"]) -> map(parse)? -> count() }.run().await?;
    Ok(())
}

fn main() {
    drop(run());
}
