use aqueduct::{Pipeline, Spawnable, pipeline};

fn boxed() -> Pipeline<u64> {
    pipeline! { iter(0..3) -> count() }.boxed()
}

fn named(n: u64) -> Pipeline<Vec<u64>, impl Spawnable<Vec<u64>>> {
    pipeline! { iter(0..n) -> collect() }
}

async fn statements() -> Result<u64, aqueduct::PipelineError> {
    pipeline! { iter(0..3) -> discard() }.run().await?;
    pipeline! {
        iter(0..3)
            -> map(|n| pipeline! { iter(0..n) -> count() })
            -> for_each_async(1, |inner| async move { inner.run().await.map(drop) })?
    }
    .run()
    .await?;
    boxed().run().await
}

fn main() {
    drop((boxed(), named(3), statements()));
}
