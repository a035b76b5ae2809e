//! The operators: the words of [`pipeline!`](crate::pipeline), one a file.
//!
//! They are written inside `pipeline!`, where each stands as `name(arguments)`; the functions here are what the macro calls. A
//! function's first parameter is the stream so far and its last the stage's place, both given by the macro; what is between
//! them you write. Where a word has a module of its own name, that holds its other forms: with an async closure, with `?`.
//!
//! | | |
//! |---|---|
//! | sources | [`iter()`] [`stream()`] [`from()`] [`recv()`] [`lines()`] [`bytes()`] [`interval()`] [`once()`] [`repeat_with()`] |
//! | synchronous stages, fused | [`map()`] [`filter()`] [`filter_map()`] [`flatten()`] [`inspect()`] [`take()`] [`chunks()`] |
//! | asynchronous stages | [`then()`] [`map_async()`] [`map_async_unordered()`] [`map_async_keyed()`] [`filter_async()`] [`map_blocking()`] [`flatten_unordered()`] [`take_until()`] [`via()`] |
//! | time and rate | [`queue()`] [`latest()`] [`batch()`] [`ready_chunks()`] [`throttle()`] [`timeout()`] [`debounce()`] [`sample()`] [`conflate()`] [`delay()`] |
//! | sinks | [`for_each()`] [`for_each_async()`] [`for_each_blocking()`] [`fold()`] [`collect()`] [`count()`] [`first()`] [`discard()`] [`write()`] [`write_lines()`] [`send()`] [`into()`] |

macro_rules! operators {
    ($($name:ident)*) => {
        $(pub mod $name;
        pub use $name::$name;)*
    };
}

operators! {
    batch bytes chunks collect count discard filter filter_map first flatten fold for_each for_each_async from inspect interval into
    iter lines map map_async once queue recv repeat_with send stream take then throttle timeout via write write_lines
    conflate debounce delay filter_async flatten_unordered for_each_blocking latest map_async_keyed map_async_unordered map_blocking
    ready_chunks sample take_until
}

pub use crate::stage::try_items;
