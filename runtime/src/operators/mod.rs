//! The operators: the words of [`pipeline!`](crate::pipeline), one a file.
//!
//! They are written inside `pipeline!`, where each stands as `name(arguments)`; the functions here are what the macro calls. A
//! function's first parameter is the stream so far and its last the stage's place, both given by the macro; what is between
//! them you write. Where a word has a module of its own name, that holds its other forms: with an async closure, with `?`.
//!
//! | | |
//! |---|---|
//! | sources | [`iter()`] [`iter_blocking()`] [`stream()`] [`from()`] [`recv()`] [`lines()`] [`bytes()`] [`interval()`] [`once()`] [`repeat_with()`] [`unfold()`] |
//! | fan-ins | [`merge()`] [`concat()`] [`zip()`] [`interleave()`] [`prefer()`] |
//! | synchronous stages, fused | [`map()`] [`filter()`] [`filter_map()`] [`flat_map()`] [`flatten()`] [`inspect()`] [`scan()`] [`enumerate()`] [`take()`] [`skip()`] [`take_while()`] [`skip_while()`] [`map_while()`] [`step_by()`] [`dedup()`] [`dedup_by_key()`] [`chunks()`] [`windows()`] |
//! | asynchronous stages | [`then()`] [`map_async()`] [`map_async_unordered()`] [`map_async_keyed()`] [`filter_async()`] [`map_blocking()`] [`flatten_unordered()`] [`take_until()`] [`via()`] |
//! | time and rate | [`queue()`] [`latest()`] [`batch()`] [`ready_chunks()`] [`throttle()`] [`timeout()`] [`debounce()`] [`sample()`] [`conflate()`] [`delay()`] |
//! | blocks | [`route()`] [`broadcast()`] [`tap()`] [`parallel()`] |
//! | sinks | [`for_each()`] [`for_each_async()`] [`for_each_blocking()`] [`fold()`] [`reduce()`] [`collect()`] [`count()`] [`first()`] [`last()`] [`discard()`] [`write()`] [`write_lines()`] [`send()`] [`into()`] |

pub mod given;

macro_rules! operators {
    ($($name:ident)*) => {
        $(pub mod $name;
        pub use $name::$name;)*
    };
}

operators! {
    batch broadcast bytes chunks collect concat conflate count debounce dedup dedup_by_key delay discard enumerate
    filter filter_async filter_map first flat_map flatten flatten_unordered fold for_each for_each_async
    for_each_blocking from inspect interleave interval into iter iter_blocking last latest lines map
    map_async map_async_keyed map_async_unordered map_blocking map_while merge once parallel prefer queue
    ready_chunks recv reduce repeat_with route sample scan send skip skip_while step_by stream take take_until
    take_while tap then throttle timeout unfold via windows write write_lines zip
}

pub use crate::stage::try_items;
