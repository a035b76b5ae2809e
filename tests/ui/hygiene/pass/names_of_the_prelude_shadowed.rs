#![no_implicit_prelude]
#![deny(warnings, clippy::all, clippy::pedantic)]
use ::aqueduct::pipeline;

enum Option {
    Some,
}
struct Ok;
struct Vec;
struct Duration;

fn main() {
    let (s, plan, out) = (1, 2, 3);
    let pipeline = pipeline! {
        #![queue = 16]
        #![name = "hygiene"]
        iter(0..10_u64)
            -> map(move |x| x + s + plan + out)
            -> queue(64, low = 2)
            -> batch(10, 1.5s)
            -> count()
    };
    ::core::mem::drop(pipeline);
    ::core::mem::drop((Ok, Vec, Duration, Option::Some));
}
