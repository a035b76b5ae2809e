//! P8: what many pipelines need, against the same written by hand: `scale [PIPELINES]…`, without any 1,000 and 10,000.
//!
//! A pipeline has 4 tasks and 3 links of 64 `u64`s; by hand it is 4 tokio tasks over tokio mpsc channels of 64. Each row is a process of its
//! own, so that none inherits memory from the one before.

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::pending;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aqueduct::{Running, pipeline};
use aqueduct_benches::report::facts;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

const CAPACITY: usize = 64;
/// What a pipeline's links hold at the most. The rest is what P8 counts.
const SLOTS: usize = 3 * CAPACITY * size_of::<u64>();
/// How many items an active pipeline moves, from one end to the other.
const ITEMS: u64 = 2_000;
/// How long it is watched that pipelines which have nothing to do need no CPU.
const WATCHED: Duration = Duration::from_secs(2);
/// What this program is asked by itself: `--run STATE SIDE PIPELINES`.
const RUN: &str = "--run";

#[derive(Clone, Copy)]
enum State {
    /// The sink never comes back: all links are full.
    Stalled,
    /// The source never gives anything: all links are empty.
    Idle,
    /// Items flow until there are no more.
    Active,
}

const STATES: [(&str, State); 3] = [("stalled", State::Stalled), ("idle", State::Idle), ("active", State::Active)];
type Make = fn(State) -> Made;

const SIDES: [(&str, Make); 2] = [("aqueduct", aqueduct), ("tokio tasks", tasks)];

/// One pipeline.
enum Made {
    Pipeline(Running<u64>),
    Tasks([JoinHandle<u64>; 4]),
}

impl Made {
    /// Its outcome; none, if it was aborted.
    async fn outcome(self) -> Option<u64> {
        match self {
            Self::Pipeline(running) => running.await.ok(),
            Self::Tasks(tasks) => {
                let mut outcome = None;
                for task in tasks {
                    outcome = task.await.ok();
                }
                outcome
            }
        }
    }

    fn abort(&self) {
        match self {
            Self::Pipeline(running) => running.control().abort(),
            Self::Tasks(tasks) => tasks.iter().for_each(JoinHandle::abort),
        }
    }
}

fn aqueduct(state: State) -> Made {
    Made::Pipeline(match state {
        State::Stalled => pipeline! {
            iter(0u64..) -> queue(CAPACITY) -> map(|n| n + 1) -> queue(CAPACITY) -> map(|n| n ^ 3)
            -> queue(CAPACITY) -> then(|_| pending::<u64>()) -> fold(0u64, |sum, n| sum.wrapping_add(n))
        }
        .spawn(),
        State::Idle => pipeline! {
            stream(futures::stream::pending()) -> queue(CAPACITY) -> map(|n: u64| n + 1) -> queue(CAPACITY) -> map(|n| n ^ 3)
            -> queue(CAPACITY) -> fold(0u64, |sum, n| sum.wrapping_add(n))
        }
        .spawn(),
        State::Active => pipeline! {
            iter(0..black_box(ITEMS)) -> queue(CAPACITY) -> map(|n| n + 1) -> queue(CAPACITY) -> map(|n| n ^ 3)
            -> queue(CAPACITY) -> fold(0u64, |sum, n| sum.wrapping_add(n))
        }
        .spawn(),
    })
}

fn tasks(state: State) -> Made {
    let (to_first, first) = channel(CAPACITY);
    let (to_second, second) = channel(CAPACITY);
    let (to_third, third) = channel(CAPACITY);
    Made::Tasks([
        match state {
            State::Stalled => tokio::spawn(give(0.., to_first)),
            State::Idle => tokio::spawn(async move {
                let source = pending::<u64>().await;
                give(source..=source, to_first).await
            }),
            State::Active => tokio::spawn(give(0..black_box(ITEMS), to_first)),
        },
        tokio::spawn(pass(first, |n| n + 1, to_second)),
        tokio::spawn(pass(second, |n| n ^ 3, to_third)),
        match state {
            State::Stalled => tokio::spawn(sum(third, |_| pending())),
            State::Idle | State::Active => tokio::spawn(sum(third, std::future::ready)),
        },
    ])
}

async fn give(items: impl Iterator<Item = u64>, to: Sender<u64>) -> u64 {
    for item in items {
        if to.send(item).await.is_err() {
            break;
        }
    }
    0
}

async fn pass(mut from: Receiver<u64>, f: impl Fn(u64) -> u64, to: Sender<u64>) -> u64 {
    while let Some(item) = from.recv().await {
        if to.send(f(item)).await.is_err() {
            break;
        }
    }
    0
}

async fn sum<F: Future<Output = u64>>(mut from: Receiver<u64>, f: impl Fn(u64) -> F) -> u64 {
    let mut sum = 0u64;
    while let Some(item) = from.recv().await {
        sum = sum.wrapping_add(f(item).await);
    }
    sum
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [option, state, side, pipelines] = &arguments[..]
        && option == RUN
    {
        let (_, state) = STATES.into_iter().find(|(name, _)| name == state).expect("a state");
        let (_, make) = SIDES.into_iter().find(|(name, _)| name == side).expect("a side");
        run(state, make, pipelines.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    let Ok(mut sizes) = arguments.iter().map(|argument| argument.parse()).collect::<Result<Vec<usize>, _>>() else {
        eprintln!("scale [PIPELINES]...");
        return ExitCode::FAILURE;
    };
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000];
    }
    for (what, value) in facts() {
        println!("# {what}: {value}");
    }
    println!(
        "| pipelines | | | heap, B | beyond slots, B | allocations | RSS, B | built in, µs | works, µs | ended in, µs | CPU, ms/s |"
    );
    println!("|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for pipelines in sizes {
        for (state, _) in STATES {
            for (side, _) in SIDES {
                let program = std::env::current_exe().expect("this program");
                let row =
                    Command::new(program).args([RUN, state, side, &pipelines.to_string()]).output().expect("a row");
                assert!(row.status.success(), "{}", String::from_utf8_lossy(&row.stderr));
                println!("| {pipelines} | {state} | {side} | {} |", String::from_utf8_lossy(&row.stdout).trim());
            }
        }
    }
    ExitCode::SUCCESS
}

/// Prints the rest of a row; what is said in bytes and microseconds is a pipeline's share.
fn run(state: State, make: Make, pipelines: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // What is made once a process.
        let first = make(state);
        tokio::task::yield_now().await;
        first.abort();
        first.outcome().await;

        let each = |amount: usize| amount / pipelines;
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / pipelines as f64;
        let (live, allocations, resident) = (LIVE.load(Ordering::Relaxed), MADE.load(Ordering::Relaxed), resident());
        PEAK.store(live, Ordering::Relaxed);

        let start = Instant::now();
        let mut all = Vec::with_capacity(pipelines);
        all.extend((0..pipelines).map(|_| make(state)));
        let built = start.elapsed();

        let (mut works, mut busy) = (None, None);
        if let State::Active = state {
            let start = Instant::now();
            // The last was spawned last: when it has ended, the others have had their turns.
            let last = all.pop().expect("a pipeline").outcome().await;
            let mut sums = Vec::new();
            for one in all.drain(..) {
                sums.push(one.outcome().await);
            }
            assert!(sums.iter().all(|sum| *sum == last && sum.is_some()), "every pipeline has the same sum");
            works = Some(start.elapsed());
        } else {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let before = cpu();
            tokio::time::sleep(WATCHED).await;
            busy = Some((cpu() - before).as_secs_f64() * 1e3 / WATCHED.as_secs_f64());
        }
        let heap = each(PEAK.load(Ordering::Relaxed) - live);
        let resident = each(self::resident().saturating_sub(resident));
        let allocations = each(MADE.load(Ordering::Relaxed) - allocations);

        let start = Instant::now();
        all.iter().for_each(Made::abort);
        for one in all {
            one.outcome().await;
        }
        let ended = start.elapsed();

        let or_none =
            |value: Option<f64>, digits: usize| value.map_or(String::new(), |value| format!("{value:.digits$}"));
        let ended = works.is_none().then(|| micros(ended));
        println!(
            "{heap} | {} | {allocations} | {resident} | {:.1} | {} | {} | {}",
            heap.saturating_sub(SLOTS),
            micros(built),
            or_none(works.map(micros), 1),
            or_none(ended, 1),
            or_none(busy, 2)
        );
    });
}

/// The memory that the process has from the system, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).map_or(0, |kib| kib * 1024)
}

/// How long the one thread that there is has run.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

/// The system's allocator, which counts the bytes alive, the most there ever were, and the allocations.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static MADE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: all is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        MADE.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.dealloc(place, layout) }
    }
}
