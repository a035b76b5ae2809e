//! G1: inside a task nothing is allocated per item. A file of its own, since it replaces the allocator of the process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use aqueduct::pipeline;
use aqueduct_tests::flow::{logged, turns, within};

const LIMIT: Duration = Duration::from_secs(60);

/// The system's allocator, which counts what each thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps what `alloc` asks of him.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations `work` makes on this thread, all of its tasks included.
fn allocations<F: Future>(work: F) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(within(LIMIT, async {
        let before = ALLOCATIONS.get();
        work.await;
        ALLOCATIONS.get() - before
    }))
}

/// Checks that a hundred times the items need not one allocation more.
macro_rules! assert_none_per_item {
    (|$n:ident| $($pipeline:tt)*) => {{
        // The first run warms up what is made once a thread.
        let mut spent = [0; 3];
        for (index, $n) in [2_000u64, 2_000, 200_000].into_iter().enumerate() {
            spent[index] = allocations(async { pipeline! { $($pipeline)* }.run_local().await.unwrap() });
        }
        let [_, few, many] = spent;
        assert!(many <= few, "{few} allocations for 2,000 items, {many} for 200,000, run locally: {}", stringify!($($pipeline)*));
        for (index, $n) in [2_000u64, 2_000, 200_000].into_iter().enumerate() {
            spent[index] = allocations(async { pipeline! { $($pipeline)* }.run().await.unwrap() });
        }
        let [_, few, many] = spent;
        // The runtime's own queues may grow once.
        assert!(many <= few + 4, "{few} allocations for 2,000 items, {many} for 200,000, spawned: {}", stringify!($($pipeline)*));
    }};
}

#[test]
fn g1_the_counter_counts() {
    let spent = allocations(async { (0..1_000u32).map(Box::new).for_each(|boxed| drop(std::hint::black_box(boxed))) });
    assert_eq!(spent, 1_000);
    let spent = allocations(async {
        pipeline! { iter(0..1_000u32) -> map(Box::new) -> for_each(|boxed| drop(std::hint::black_box(boxed))) }
            .run_local()
            .await
            .unwrap();
    });
    assert!((1_000..1_200).contains(&spent), "{spent}");
}

#[test]
fn g1_fused_stages_allocate_nothing_per_item() {
    assert_none_per_item!(|n| iter(0..n) -> map(|n| n + 1) -> map(|n| n * 2) -> fold(0, |a: u64, b| a.wrapping_add(b)));
    assert_none_per_item!(|n| iter(0..n) -> filter(|n| n % 3 == 0) -> filter_map(|n| (n % 2 == 0).then_some(n)) -> inspect(|_| {}) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map(|n| [n, n]) -> flatten() -> take(usize::MAX) -> for_each(|_| {}));
    assert_none_per_item!(|n| iter(0..n) -> map(Ok::<_, std::io::Error>)? -> for_each(|_| Ok::<_, std::io::Error>(()))?);
    assert_none_per_item!(|n| iter(0..n) -> discard());
    assert_none_per_item!(|n| stream(futures_util::stream::iter(0..n)) -> map(|n| n) -> count());
}

#[test]
fn g1_the_users_own_source_costs_no_allocation_per_item() {
    assert_none_per_item!(|n| from(futures_util::stream::iter(0..n)) -> map(|n| n) -> count());
    assert_none_per_item!(|n| repeat_with(|| 1u64) -> take(n as usize) -> count());
}

#[test]
fn g1_links_allocate_nothing_per_item() {
    assert_none_per_item!(|n| iter(0..n) -> queue(64) -> map(|n| n) -> queue(1) -> map(|n| n) -> queue(1024) -> count());
    assert_none_per_item!(|n| iter((0..n).map(|_| "four")) -> queue(bytes = 64) -> count());
}

#[test]
fn g1_a_dropping_link_allocates_nothing_per_item() {
    assert_none_per_item!(|n| iter(0..n) -> queue(64, overflow = drop_newest) -> count());
    assert_none_per_item!(|n| iter(0..n) -> queue(64, overflow = drop_oldest) -> count());
}

/// Ready after so many further polls.
async fn after(waits: u64, n: u64) -> u64 {
    turns(waits as usize).await;
    n
}

#[test]
fn g1_asynchronous_stages_allocate_nothing_per_item() {
    assert_none_per_item!(|n| iter(0..n) -> then(async |n| n) -> count());
    assert_none_per_item!(|n| iter(0..n) -> filter_async(async |n| n % 2 == 0) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async(4, async |n| n) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async(1_000, async |n| Ok::<_, std::io::Error>(n))? -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async_unordered(4, async |n| n) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async_unordered(1_000, std::future::ready) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async_keyed(4, |n| n % 3, async |n| n) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async_keyed(1_000, |n| n % 100, std::future::ready) -> count());
    assert_none_per_item!(|n| iter(0..n) -> for_each_async(4, async |_| {}));
    assert_none_per_item!(|n| iter(0..n) -> for_each_async(1_000, async |_| Ok::<_, std::io::Error>(()))?);
    assert_none_per_item!(|n| iter(0..n) -> timeout(1s) -> count());
}

#[test]
fn g1_futures_that_wait_allocate_nothing_per_item() {
    assert_none_per_item!(|n| iter(0..n) -> then(async |n| after(n % 2, n).await) -> count());
    assert_none_per_item!(|n| iter(0..n) -> filter_async(async |n| after(n % 2, *n).await % 3 == 0) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async(4, async |n| after(n % 2, n).await) -> count());
    assert_none_per_item!(|n| iter(0..n) -> map_async_unordered(100, async |n| after(n % 3, n).await) -> count());
    assert_none_per_item!(|n| iter(0..n) -> for_each_async(100, async |n| { after(n % 3, n).await; }));
}

#[test]
fn g1_a_user_source_with_a_log_is_asked_without_allocation() {
    // The log itself grows: by doubling, so by a handful of allocations.
    let [few, many] = [2_000, 200_000].map(|n| {
        let (source, _log) = logged(n);
        allocations(async { pipeline! { from(source) -> queue(1 << 20) -> count() }.run_local().await.unwrap() })
    });
    assert!(many <= few + 10, "{few} allocations for 2,000 items, {many} for 200,000");
}
