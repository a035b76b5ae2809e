use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::local::POLLS;
use super::{Drive, Supervised};
use crate::sync::{AtomicBool, Mutex, Ordering, lock};

/// One poll in so many is of a task that nobody has woken.
const SPURIOUS: u64 = 8;

/// Once in so many polls all tasks that were woken wait, and what is outside goes first.
const LATE: u64 = 16;

/// Polls tasks in an order that is drawn.
///
/// Each task has a rank, and of those that were woken the one of the highest rank is polled; how often ranks are drawn anew is drawn too. So
/// there are runs in which all take their turns, and runs in which one task is left behind until nothing else can move.
pub(crate) struct Shuffled<'p> {
    tasks: Vec<Task<'p>>,
    outside: Arc<Mutex<Option<Waker>>>,
    dice: Dice,
    /// Once in so many of its polls a task gets another rank.
    steady: u64,
}

struct Task<'p> {
    task: Supervised<Box<dyn Drive + 'p>>,
    bell: Arc<Bell>,
    /// Rings the bell.
    waker: Waker,
    rank: u64,
}

/// Notes that a task was woken.
struct Bell {
    rung: AtomicBool,
    outside: Arc<Mutex<Option<Waker>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            let outside = lock(&self.outside).take();
            outside.into_iter().for_each(Waker::wake);
        }
    }
}

/// Gives the same numbers for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Once in `n` times.
    fn once_in(&mut self, n: u64) -> bool {
        self.draw().is_multiple_of(n)
    }
}

impl<'p> Shuffled<'p> {
    pub(crate) fn new(tasks: Vec<Box<dyn Drive + 'p>>, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let outside = Arc::default();
        let mut tasks: Vec<_> = tasks
            .into_iter()
            .map(|task| {
                let bell = Arc::new(Bell { rung: true.into(), outside: Arc::clone(&outside) });
                let waker = Arc::clone(&bell).into();
                Task { task: Supervised::new(task), bell, waker, rank: dice.draw() }
            })
            .collect();
        // Should the future be dropped, they are dropped in this order.
        tasks.sort_by_key(|task| task.rank);
        let steady = 1 << (2 * (dice.draw() % 4));
        Self { tasks, outside, dice, steady }
    }

    /// The next task to be polled, if any is to be.
    fn next(&mut self) -> Option<usize> {
        let rung = |task: &Task<'_>| task.bell.rung.load(Ordering::Acquire);
        if !self.tasks.iter().any(rung) {
            return None;
        }
        let spurious = self.dice.once_in(SPURIOUS);
        let ready = self.tasks.iter().enumerate().filter(|(_, task)| spurious || rung(task));
        ready.max_by_key(|(_, task)| task.rank).map(|(index, _)| index)
    }
}

impl Future for Shuffled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        // Before the bells are looked at, so that one that rings meanwhile is heard.
        *lock(&this.outside) = Some(cx.waker().clone());
        for _ in 0..POLLS {
            if this.tasks.is_empty() {
                return Poll::Ready(());
            }
            let Some(index) = this.next() else { return Poll::Pending };
            if this.dice.once_in(LATE) {
                break;
            }
            let rank = this.dice.once_in(this.steady).then(|| this.dice.draw());
            let next = &mut this.tasks[index];
            next.rank = rank.unwrap_or(next.rank);
            // A swap, not a store: who rang before this is ordered before the poll.
            next.bell.rung.swap(false, Ordering::AcqRel);
            if Pin::new(&mut next.task).poll(&mut Context::from_waker(&next.waker)).is_ready() {
                drop(this.tasks.remove(index));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Dice;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut dice = Dice(1_234_567);
        let drawn: [u64; 3] = std::array::from_fn(|_| dice.draw());
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn once_in_n_is_one_of_n() {
        let mut dice = Dice(7);
        let times = (0..8_000).filter(|_| dice.once_in(8)).count();
        assert!((900..1_100).contains(&times), "{times}");
    }
}
