use crate::pipeline::Body;
use crate::stage::Order;
use crate::{Pipeline, PipelineError};

/// Runs a pipeline like [`run_local`](Pipeline::run_local), but gives its tasks their turns in an order drawn from `seed`: now all of them
/// in turn, now one not before nothing else can move; with polls that nobody has woken them for, and with turns of the runtime in between.
///
/// The same seed gives the same order, as long as all that the pipeline waits for comes in the same order too: with a paused clock and
/// without threads. So a test that runs a pipeline with many seeds finds what depends on the order, and the seed it fails with has it again.
///
/// ```
/// use aqueduct::pipeline;
/// use aqueduct::testkit::run_shuffled;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// for seed in 0..100 {
///     let pipeline = pipeline! {
///         let (all, even) = iter(0..50u32) -> queue(2) -> broadcast;
///         zip(all -> queue(4), even -> map(|n| n % 2) -> queue(1)) -> map_async(3, async |(n, odd)| n + odd) -> collect::<Vec<_>>()
///     };
///     let expected: Vec<_> = (0..50).map(|n| n + n % 2).collect();
///     assert_eq!(run_shuffled(pipeline, seed).await?, expected, "seed {seed}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`run`](Pipeline::run).
///
/// # Cancel safety
/// As `run_local`: dropping the future ends the pipeline at once.
pub async fn run_shuffled<O, B: Body<O>>(pipeline: Pipeline<O, B>, seed: u64) -> Result<O, PipelineError> {
    pipeline.run_in(Order::Drawn(seed)).await
}
