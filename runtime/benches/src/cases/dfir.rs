//! DFIR, the dataflow runtime of the Hydro project. It fuses what stands in one subgraph. From one subgraph to the next goes all that
//! a tick has brought, in a `Vec` without a bound; here the source gives 1,024 items a tick, so that none holds more.
//!
//! The sum is made by `for_each`: DFIR's `fold` takes 5 ns an item.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::task::Poll;

use dfir_rs::dfir_syntax;
use tokio::runtime::Runtime;

const TICK: u64 = 1024;

pub fn handed_off(runtime: &Runtime, items: u64) -> u64 {
    let (mut next, mut ready) = (0, false);
    let ticks = futures::stream::poll_fn(move |cx| {
        ready = !ready;
        if !ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let from = next;
        next = items.min(next + TICK);
        Poll::Ready((from < next).then_some(from..next))
    });
    let (result, count) = (Rc::new(Cell::new(0u64)), Rc::new(Cell::new(0u64)));
    let (sum, counter) = (Rc::clone(&result), Rc::clone(&count));
    let mut flow = dfir_syntax! {
        source_stream(ticks) -> flatten()
            -> next_stratum() -> map(|n: u64| black_box(n) + 1)
            -> next_stratum() -> map(|n| n ^ 3)
            -> next_stratum() -> for_each(|n| { sum.set(sum.get().wrapping_add(n)); counter.set(counter.get() + 1); });
    };
    runtime.block_on(async {
        while count.get() < items {
            flow.run_tick().await;
        }
    });
    result.get()
}

pub fn plain(_: &Runtime, items: u64) -> u64 {
    let result = Rc::new(Cell::new(0u64));
    let sum = Rc::clone(&result);
    let mut flow = dfir_syntax! {
        source_iter(0..items)
            -> map(|n| n.wrapping_mul(3)) -> map(|n| n ^ 3)
            -> for_each(|n: u64| sum.set(sum.get().wrapping_add(n)));
    };
    flow.run_tick_sync();
    result.get()
}

pub fn opaque(_: &Runtime, items: u64) -> u64 {
    let result = Rc::new(Cell::new(0u64));
    let sum = Rc::clone(&result);
    let mut flow = dfir_syntax! {
        source_iter(0..items)
            -> map(|n| black_box(n) + 1) -> map(|n| n ^ 3)
            -> for_each(|n: u64| sum.set(sum.get().wrapping_add(n)));
    };
    flow.run_tick_sync();
    result.get()
}
