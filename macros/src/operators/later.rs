//! Operators of the language that this version does not expand yet. They are known so that their names are never taken for
//! mistakes, and so that what is wrong around them is still found.

use super::descriptor::{Descriptor, Items, Tried, asynchronous, positive, value};

pub(super) const LATER: &[Descriptor] = &[
    Descriptor::stage(
        "map_async_unordered",
        &[positive("n"), asynchronous("f")],
        "what futures make of the items, n at once, as they finish",
    )
    .task()
    .items(Items::One)
    .tried(Tried::Items)
    .aliases(&["buffer_unordered"])
    .later(),
    Descriptor::stage(
        "map_async_keyed",
        &[positive("n"), value("key"), asynchronous("f")],
        "what futures make of the items, one at once for a key",
    )
    .task()
    .items(Items::One)
    .tried(Tried::Items)
    .later(),
    Descriptor::stage("filter_async", &[asynchronous("f")], "the items a future says yes to")
        .task()
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("map_blocking", &[positive("n"), value("f")], "what a blocking function makes of each item")
        .task()
        .items(Items::One)
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("flatten_unordered", &[positive("n")], "the items of n inner streams at once")
        .task()
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("take_until", &[value("future")], "the items until a future is ready")
        .task()
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("ready_chunks", &[positive("n")], "what is waiting, in vectors").task().later(),
    Descriptor::stage("debounce", &[positive("d")], "the last item before a silence")
        .task()
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("sample", &[positive("d")], "the latest item, every period").task().tried(Tried::Items).later(),
    Descriptor::stage("delay", &[positive("d")], "the items, later")
        .task()
        .items(Items::One)
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("conflate", &[value("f")], "waiting items, folded into one").task().tried(Tried::Items).later(),
    Descriptor::link("latest", &[], "a link that keeps only the latest item").later(),
    Descriptor::sink("for_each_blocking", &[positive("n"), value("f")], "calls a blocking function with each item")
        .task()
        .tried(Tried::Function)
        .later(),
    Descriptor::fan_in("merge", "items of several streams as they come").aliases(&["select", "union"]).later(),
    Descriptor::fan_in("concat", "one stream after the other").aliases(&["chain"]).later(),
    Descriptor::fan_in("zip", "pairs of items").later(),
    Descriptor::fan_in("interleave", "one item of each in turn").later(),
    Descriptor::fan_in("prefer", "two streams, the first preferred").aliases(&["merge_preferred"]).later(),
];
