use aqueduct::pipeline;

use std::rc::Rc;

async fn local() -> Result<u64, aqueduct::PipelineError> {
    let limit = 2;
    let seen = Rc::new(1);
    pipeline! { iter(0..3) -> filter(|n| *n < limit) -> queue(2) -> map(|n| n + *seen) -> count() }.run_local().await
}

fn main() {
    drop(local());
}
