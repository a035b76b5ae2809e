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
//! | asynchronous stages | [`then()`] [`map_async()`] [`via()`] |
//! | time and rate | [`queue()`] [`batch()`] [`throttle()`] [`timeout()`] |
//! | sinks | [`for_each()`] [`for_each_async()`] [`fold()`] [`collect()`] [`count()`] [`first()`] [`discard()`] [`write()`] [`write_lines()`] [`send()`] [`into()`] |

macro_rules! operators {
    ($($name:ident)*) => {
        $(pub mod $name;
        pub use $name::$name;)*
    };
}

operators! {
    batch bytes chunks collect count discard filter filter_map first flatten fold for_each for_each_async from inspect interval into
    iter lines map map_async once queue recv repeat_with send stream take then throttle timeout via write write_lines
}

pub use crate::stage::try_items;
