use std::panic::Location;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::yield_now;

/// The real time that tasks have to go away in.
const LIMIT: Duration = Duration::from_secs(5);

/// Waits until this runtime has just so many tasks alive: 0 at the end of a test that has spawned none of its own.
///
/// The others only get turns, by real time: no timer of a paused clock fires in here, so a task that would end by itself later is found.
/// The test itself is no task (under `#[tokio::test]`), and neither is what runs on the blocking pool.
///
/// ```
/// use aqueduct::pipeline;
/// use aqueduct::testkit::expect_tasks;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let running = pipeline! { repeat_with(|| 1) -> queue(4) -> map_async(2, async |n| n) -> discard() }.spawn();
/// expect_tasks(2).await;
/// drop(running);
/// expect_tasks(0).await;
/// # }
/// ```
///
/// # Panics
/// After 5 seconds in which there were never so many, or outside a tokio runtime.
#[track_caller]
pub fn expect_tasks(count: usize) -> impl Future<Output = ()> + Send {
    let caller = Location::caller();
    async move {
        let metrics = Handle::current().metrics();
        let start = Instant::now();
        loop {
            let alive = metrics.num_alive_tasks();
            if alive == count {
                return;
            }
            assert!(start.elapsed() < LIMIT, "expected {count} tasks ({caller}), {alive} are alive");
            yield_now().await;
        }
    }
}
