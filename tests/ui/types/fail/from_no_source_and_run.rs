use aqueduct::pipeline;

async fn run() -> Result<(), aqueduct::PipelineError> {
    pipeline! { from(3_u32) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() }.run().await
}

fn main() {
    drop(run());
}
