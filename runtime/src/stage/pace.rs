use super::TaskCell;

/// A task goes back to the scheduler after so many items (G5).
const BUDGET: usize = 1024;

/// The clock is read after so many runs at the latest, however short they are.
const RUNS: u32 = 8;

/// A run that takes longer than this is halved (G5); in nanoseconds.
const LONG: u64 = 1_000_000;

/// A turn that takes less is quick; in nanoseconds.
const QUICK: u64 = LONG / 64;

/// How many items a task may move before others get their turn (G5).
#[derive(Debug)]
pub(crate) struct Pace {
    /// The poll of the task for which `left` holds.
    turn: u64,
    left: usize,
    /// How long a run may be: it begins with one item, and doubles while runs are quick.
    run: usize,
    /// Runs since the clock was read.
    runs: u32,
    /// The last turn took so little that the next is not timed.
    quick: bool,
    /// The last run seemed long; but since a task that yields goes on without a look at the clock, others may have worked meanwhile.
    doubt: bool,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { turn: 0, left: BUDGET, run: 1, runs: 0, quick: false, doubt: false }
    }

    /// How many items may be moved at once; 0 when it is time to yield.
    #[inline]
    pub(crate) fn limit(&mut self, cell: &TaskCell) -> usize {
        if self.turn != cell.turn() {
            self.turn = cell.turn();
            self.left = BUDGET;
            if self.doubt {
                cell.lap();
            }
        }
        self.left.min(self.run)
    }

    /// So many items were moved.
    #[inline]
    pub(crate) fn moved(&mut self, items: usize, cell: &TaskCell) {
        self.left = self.left.saturating_sub(items.max(1));
        self.runs += 1;
        // The clock is read only while the pace is being found, and then every other turn or every few runs.
        let turned = self.left == 0 && !std::mem::take(&mut self.quick);
        if self.run < BUDGET || turned || self.runs == RUNS {
            self.runs = 0;
            if !self.is_long(cell) {
                self.run = (self.run * 2).min(BUDGET);
            }
        }
    }

    /// Whether the task has worked for too long since the clock was read: then it is time to yield.
    pub(crate) fn is_long(&mut self, cell: &TaskCell) -> bool {
        let spent = cell.lap();
        self.quick = spent < QUICK;
        let long = self.slowed(spent);
        if long {
            self.left = 0;
        }
        long
    }

    /// Halves the runs if the task has worked for too long, which is `spent` nanoseconds; says whether it has.
    #[inline]
    pub(crate) fn slowed(&mut self, spent: u64) -> bool {
        let long = spent > LONG;
        self.doubt = long;
        if long {
            self.run = (self.run / 2).max(1);
        }
        long
    }
}
