use aqueduct::pipeline;

async fn run() -> Result<(), aqueduct::PipelineError> {
    let _ = pipeline! { iter(0..3_u32) -> map(|x| x + 1)? -> count() }.run().await?;
    Ok(())
}

fn main() {
    drop(run());
}
