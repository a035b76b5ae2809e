use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

/// Holds whoever passes until it lets some through, or is opened. Closed at first; clones are the same gate.
///
/// ```
/// use aqueduct::pipeline;
/// use aqueduct::testkit::{Gate, Probe};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let gate = Gate::new();
/// let passes = gate.clone();
/// let counting = pipeline! {
///     iter(0..10) -> queue(4) as waiting -> map_async(2, async |n| { passes.pass().await; n }) -> count()
/// };
/// let mut waiting = Probe::new(&counting.control(), "waiting");
/// let (counted, ()) = tokio::join!(counting.run_local(), async {
///     waiting.expect_paused().await;
///     assert_eq!((gate.arrived(), gate.passed()), (2, 0), "two in flight");
///     gate.open();
/// });
/// assert_eq!(counted?, 10);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Gate(Arc<State>);

#[derive(Debug)]
struct State {
    /// Closed when the gate is open: nobody needs a permit then.
    permits: Semaphore,
    arrived: AtomicUsize,
    passed: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(State { permits: Semaphore::new(0), arrived: AtomicUsize::new(0), passed: AtomicUsize::new(0) }))
    }

    /// Waits to be let through; who came first goes first.
    ///
    /// # Cancel safety
    /// Who gives up waiting has arrived and does not pass; the place goes to the next.
    pub async fn pass(&self) {
        self.0.arrived.fetch_add(1, Ordering::AcqRel);
        if let Ok(permit) = self.0.permits.acquire().await {
            permit.forget();
        }
        self.0.passed.fetch_add(1, Ordering::AcqRel);
    }

    /// Lets `n` more through, now or when they come.
    pub fn allow(&self, n: usize) {
        self.0.permits.add_permits(n);
    }

    /// Lets all through, for good.
    pub fn open(&self) {
        self.0.permits.close();
    }

    /// How many have come to the gate.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.0.arrived.load(Ordering::Acquire)
    }

    /// How many have passed it.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.0.passed.load(Ordering::Acquire)
    }
}
