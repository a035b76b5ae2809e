use aqueduct::pipeline;

async fn run() -> Result<(), aqueduct::PipelineError> {
    pipeline! { iter(0..3_u32) -> map_async(2, |x| x + 1) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() }.run().await
}

fn main() {
    drop(run());
}
