//! What a pipeline keeps: nothing after its end, and no more than its bound while it runs.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use aqueduct::pipeline;
use aqueduct_tests::flow::within;

const LIMIT: Duration = Duration::from_secs(60);

/// Counts the bytes that are alive.
struct Counting;

static LIVE: AtomicIsize = AtomicIsize::new(0);

// SAFETY: all is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size() as isize, Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The allocator is one for all: these tests take turns.
static TURN: Mutex<()> = Mutex::new(());

fn chain(items: u32) -> aqueduct::Pipeline<u64, impl aqueduct::Spawnable<u64>> {
    pipeline! { iter(0..items) -> map(|n| n + 1) -> queue(4) -> then(async |n| n) -> count() }
}

async fn each_way() {
    assert_eq!(chain(20).run().await.unwrap(), 20);
    assert_eq!(chain(20).boxed().run().await.unwrap(), 20);
    assert_eq!(chain(20).run_local().await.unwrap(), 20);
    let running = chain(1_000).spawn();
    let (control, signals) = (running.control(), running.control().signals());
    control.abort();
    assert!(running.await.is_err());
    drop((control, signals));
    drop(chain(1));
}

/// A run, its tables, its cells and its links hold on to each other only as long as there are tasks or handles.
#[test]
fn a_pipeline_leaves_nothing_behind() {
    let _turn = TURN.lock();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let live_after = |rounds: usize| {
        runtime.block_on(within(LIMIT, async {
            for _ in 0..rounds {
                each_way().await;
                tokio::task::yield_now().await;
            }
        }));
        LIVE.load(Ordering::Relaxed)
    };
    live_after(50);
    let before = live_after(50);
    let after = live_after(200);
    assert!(after - before < 200 * 16, "{} bytes more after 200 rounds of five pipelines", after - before);
}

/// What one of many pipelines of four tasks keeps alive when nothing moves, without the places of its three links of 16 `u64`s.
fn kept_by_each<O>(make: impl Fn() -> aqueduct::Running<O>) -> usize {
    const PIPELINES: usize = 200;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(within(LIMIT, async {
        let settle = async || {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        };
        // What the runtime makes once.
        drop([make(), make()]);
        settle().await;
        let before = LIVE.load(Ordering::Relaxed);
        let all: Vec<_> = (0..PIPELINES).map(|_| make()).collect();
        settle().await;
        let live = LIVE.load(Ordering::Relaxed) - before;
        drop(all);
        usize::try_from(live).unwrap() / PIPELINES - 3 * 16 * size_of::<u64>()
    }))
}

/// The design's P8. `runtime/benches/README.md` has the figures of thousands.
#[test]
fn p8_a_pipeline_keeps_at_most_8_kib_beyond_its_links() {
    const MOST: usize = 8 * 1024;
    let _turn = TURN.lock();
    let full = kept_by_each(|| {
        pipeline! {
            iter(0u64..) -> queue(16) -> map(|n| n + 1) -> queue(16) -> map(|n| n ^ 3) -> queue(16)
            -> for_each_async(1, async |_| std::future::pending().await)
        }
        .spawn()
    });
    assert!(full <= MOST, "with full links: {full} bytes");
    let empty = kept_by_each(|| {
        pipeline! {
            stream(futures_util::stream::pending::<u64>()) -> queue(16) -> map(|n| n + 1) -> queue(16) -> map(|n| n ^ 3)
            -> queue(16) -> count()
        }
        .spawn()
    });
    assert!(empty <= MOST, "with empty links: {empty} bytes");
}

/// How many futures are in flight at once.
const MANY: usize = 10_000;

/// Ten thousand futures wait for each other, four times over: so many are in flight at once, and no memory is kept but for so many.
#[test]
fn g4_ten_thousand_in_flight_need_memory_for_ten_thousand() {
    let _turn = TURN.lock();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    macro_rules! kept {
        (|$meet:ident| $($stages:tt)*) => {{
            // What is alive when all have met, the second time and the last.
            let (barrier, rounds) = (Arc::new(tokio::sync::Barrier::new(MANY)), Arc::new(Mutex::new(Vec::new())));
            let noted = Arc::clone(&rounds);
            let $meet = async move || {
                if barrier.wait().await.is_leader() {
                    noted.lock().unwrap().push(LIVE.load(Ordering::Relaxed));
                }
            };
            let before = LIVE.load(Ordering::Relaxed);
            runtime.block_on(within(LIMIT, async { pipeline! { iter(0..4 * MANY) -> $($stages)* }.run().await.unwrap() }));
            let rounds = rounds.lock().unwrap();
            assert_eq!(rounds.len(), 4, "{}", stringify!($($stages)*));
            let (second, last) = (rounds[1] - before, rounds[3] - before);
            println!("{}: {} bytes a future", stringify!($($stages)*), last / MANY as isize);
            assert!(last < MANY as isize * 1024, "{last} bytes for {MANY} futures: {}", stringify!($($stages)*));
            assert!(last <= second + second / 10, "{second} bytes grew to {last}: {}", stringify!($($stages)*));
        }};
    }
    kept!(|meet| map_async(MANY, async move |_| meet().await) -> count());
    kept!(|meet| map_async_unordered(MANY, async move |_| meet().await) -> count());
    kept!(|meet| map_async_keyed(MANY, |n| *n, async move |_| meet().await) -> count());
    kept!(|meet| for_each_async(MANY, async move |_| meet().await));
}

/// Gives a hundred bytes a read, as sockets do, without end.
struct Trickle;

impl tokio::io::AsyncRead for Trickle {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let more = buffer.remaining().min(100);
        buffer.put_slice(&[b'x'; 100][..more]);
        Poll::Ready(Ok(()))
    }
}

/// What is weighed is what is kept alive, also where reads are short.
#[test]
fn l1_bytes_of_short_reads_cost_what_they_weigh() {
    let _turn = TURN.lock();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(within(LIMIT, async {
        let before = LIVE.load(Ordering::Relaxed);
        let running =
            pipeline! { bytes(Trickle)? -> queue(bytes = 1MiB) as held -> for_each_async(1, async |_| std::future::pending().await) }
                .spawn();
        let control = running.control();
        while !control.snapshot().link("held").unwrap().paused {
            tokio::task::yield_now().await;
        }
        let live = LIVE.load(Ordering::Relaxed) - before;
        assert!(live < 4 * 1024 * 1024, "{live} bytes are alive for a link of 1 MiB");
        drop(running);
    }));
}

/// Takes nothing.
struct Stuck;

impl tokio::io::AsyncWrite for Stuck {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }
}

/// Lines that are gathered before they are written would be in no bound.
#[test]
fn g4_write_lines_takes_no_line_before_the_last_is_written() {
    let _turn = TURN.lock();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(within(LIMIT, async {
        let pulled = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&pulled);
        let sending = pipeline! {
            iter(0..1_000u32) -> inspect(move |_| { counted.fetch_add(1, Ordering::Relaxed); }) -> queue(64) -> write_lines(Stuck)
        };
        let bound = sending.bound().unwrap();
        let running = sending.spawn();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let inside = pulled.load(Ordering::Relaxed);
        assert!((64..=bound).contains(&inside), "{inside} items inside, bound {bound}");
        drop(running);
    }));
}
