//! The table of operators: the only place that knows them by name.
//!
//! Read `descriptor.rs` first: it says what can be said of an operator. Then any operator's file; all have the same form.
//! A new operator is a file here, a line in `OPERATORS`, and a file of the same name in the runtime.

mod descriptor;

mod batch;
mod bytes;
mod chunks;
mod collect;
mod concat;
mod conflate;
mod count;
mod debounce;
mod dedup;
mod dedup_by_key;
mod delay;
mod discard;
mod enumerate;
mod filter;
mod filter_async;
mod filter_map;
mod first;
mod flat_map;
mod flatten;
mod flatten_unordered;
mod fold;
mod for_each;
mod for_each_async;
mod for_each_blocking;
mod from;
mod inspect;
mod interleave;
mod interval;
mod into;
mod iter;
mod iter_blocking;
mod last;
mod latest;
mod lines;
mod map;
mod map_async;
mod map_async_keyed;
mod map_async_unordered;
mod map_blocking;
mod map_while;
mod merge;
mod once;
mod prefer;
mod queue;
mod ready_chunks;
mod recv;
mod reduce;
mod repeat_with;
mod sample;
mod scan;
mod send;
mod skip;
mod skip_while;
mod step_by;
mod stream;
mod take;
mod take_until;
mod take_while;
mod then;
mod throttle;
mod timeout;
mod unfold;
mod via;
mod windows;
mod write;
mod write_lines;
mod zip;

pub(crate) use descriptor::{Argument, Descriptor, FanIn, Function, Items, Kind, Overflow, Pass, Runs, Tried};

use crate::nearest::nearest;

/// The operators of the language.
const OPERATORS: &[Descriptor] = &[
    batch::BATCH,
    bytes::BYTES,
    chunks::CHUNKS,
    collect::COLLECT,
    concat::CONCAT,
    conflate::CONFLATE,
    count::COUNT,
    debounce::DEBOUNCE,
    dedup::DEDUP,
    dedup_by_key::DEDUP_BY_KEY,
    delay::DELAY,
    discard::DISCARD,
    enumerate::ENUMERATE,
    filter::FILTER,
    filter_async::FILTER_ASYNC,
    filter_map::FILTER_MAP,
    first::FIRST,
    flat_map::FLAT_MAP,
    flatten::FLATTEN,
    flatten_unordered::FLATTEN_UNORDERED,
    fold::FOLD,
    for_each::FOR_EACH,
    for_each_async::FOR_EACH_ASYNC,
    for_each_blocking::FOR_EACH_BLOCKING,
    from::FROM,
    inspect::INSPECT,
    interleave::INTERLEAVE,
    interval::INTERVAL,
    into::INTO,
    iter::ITER,
    iter_blocking::ITER_BLOCKING,
    last::LAST,
    latest::LATEST,
    lines::LINES,
    map::MAP,
    map_async::MAP_ASYNC,
    map_async_keyed::MAP_ASYNC_KEYED,
    map_async_unordered::MAP_ASYNC_UNORDERED,
    map_blocking::MAP_BLOCKING,
    map_while::MAP_WHILE,
    merge::MERGE,
    once::ONCE,
    prefer::PREFER,
    queue::QUEUE,
    ready_chunks::READY_CHUNKS,
    recv::RECV,
    reduce::REDUCE,
    repeat_with::REPEAT_WITH,
    sample::SAMPLE,
    scan::SCAN,
    send::SEND,
    skip::SKIP,
    skip_while::SKIP_WHILE,
    step_by::STEP_BY,
    stream::STREAM,
    take::TAKE,
    take_until::TAKE_UNTIL,
    take_while::TAKE_WHILE,
    then::THEN,
    throttle::THROTTLE,
    timeout::TIMEOUT,
    unfold::UNFOLD,
    via::VIA,
    windows::WINDOWS,
    write::WRITE,
    write_lines::WRITE_LINES,
    zip::ZIP,
];

/// The words that begin a block.
pub(crate) const BLOCKS: &[&str] = &["match", "broadcast", "tap", "parallel"];

/// Every operator of the language.
pub(crate) fn all() -> impl Iterator<Item = &'static Descriptor> {
    OPERATORS.iter()
}

/// The operator of that name.
pub(crate) fn find(name: &str) -> Option<&'static Descriptor> {
    all().find(|operator| operator.name == name)
}

/// What was probably meant by a name that is no operator's: the operator other libraries call so, or the nearest name.
pub(crate) fn suggest(name: &str) -> Option<&'static str> {
    let alias = all().find(|operator| operator.aliases.contains(&name)).map(|operator| operator.name);
    alias.or_else(|| nearest(name, all().map(|operator| operator.name).chain(BLOCKS.iter().copied())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        crate::time_limit::begin();
        let mut names: Vec<_> = all().map(|operator| operator.name).chain(BLOCKS.iter().copied()).collect();
        names.sort_unstable();
        let all_names = names.len();
        names.dedup();
        assert_eq!(names.len(), all_names);
    }

    #[test]
    fn no_alias_is_an_operator() {
        crate::time_limit::begin();
        for alias in all().flat_map(|operator| operator.aliases) {
            assert!(find(alias).is_none(), "{alias}");
        }
    }

    #[test]
    fn suggestions() {
        crate::time_limit::begin();
        assert_eq!(suggest("mapp"), Some("map"));
        assert_eq!(suggest("buffered"), Some("map_async"));
        assert_eq!(suggest("xylophone"), None);
    }

    #[test]
    fn every_operator_says_what_it_is() {
        crate::time_limit::begin();
        for operator in all() {
            assert!(operator.items != Items::One || !matches!(operator.kind, Kind::Source | Kind::Sink));
            assert!(!operator.summary.is_empty() && operator.doc_path().ends_with(operator.name));
        }
    }
}
