use aqueduct::pipeline;

async fn run() -> Result<(), aqueduct::PipelineError> {
    let texts = ["1", "x"];
    let _ = pipeline! { iter(texts) -> map(|text| text.parse::<u32>()) -> collect::<Result<Vec<_>, _>>() }.run().await?;
    Ok(())
}

fn main() {
    drop(run());
}
