use aqueduct::pipeline;

async fn limit(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

async fn count(text: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let (few, many) = pipeline! {
        iter(0..10u64) -> broadcast {
            take(text.parse::<usize>()?) -> count(),
            parallel(2) { skip(limit(text).await? as usize) -> count() },
        }
    }
    .run_local()
    .await?;
    Ok(few + many.iter().sum::<u64>())
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(count("3")).unwrap();
    runtime.block_on(count("three")).unwrap_err();
}
