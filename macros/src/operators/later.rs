//! Operators of the language that this version does not expand yet. They are known so that their names are never taken for
//! mistakes, and so that what is wrong around them is still found.

use super::descriptor::{Descriptor, Items, Tried, positive, value};

pub(super) const LATER: &[Descriptor] = &[
    Descriptor::source("iter_blocking", &[value("into_iter")], "the items of an iterator that blocks")
        .tried(Tried::Items)
        .later(),
    Descriptor::source("unfold", &[value("init"), value("f")], "items unfolded from a state")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("flat_map", &[value("f")], "the items of what a function makes of each item")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("scan", &[value("init"), value("f")], "what a function makes of each item and a state")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("enumerate", &[], "each item with its number").items(Items::One).later(),
    Descriptor::stage("skip", &[value("n")], "all items but the first n")
        .items(Items::Later)
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("take_while", &[value("f")], "the items before a function says no").tried(Tried::Items).later(),
    Descriptor::stage("skip_while", &[value("f")], "the items from when a function says no")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("map_while", &[value("f")], "what a function makes of the items, until it says stop")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("step_by", &[positive("n")], "every n-th item").tried(Tried::Items).later(),
    Descriptor::stage("dedup", &[], "the items without repetitions in a row").tried(Tried::Items).later(),
    Descriptor::stage("dedup_by_key", &[value("f")], "the items without repetitions of a key in a row")
        .tried(Tried::Items)
        .later(),
    Descriptor::stage("windows", &[positive("n")], "every n items in a row").items(Items::Later).later(),
    Descriptor::sink("reduce", &[value("f")], "one value made of all items").tried(Tried::Function).later(),
    Descriptor::sink("last", &[], "the last item").later(),
    Descriptor::fan_in("merge", "items of several streams as they come").aliases(&["select", "union"]).later(),
    Descriptor::fan_in("concat", "one stream after the other").aliases(&["chain"]).later(),
    Descriptor::fan_in("zip", "pairs of items").later(),
    Descriptor::fan_in("interleave", "one item of each in turn").later(),
    Descriptor::fan_in("prefer", "two streams, the first preferred").aliases(&["merge_preferred"]).later(),
];
