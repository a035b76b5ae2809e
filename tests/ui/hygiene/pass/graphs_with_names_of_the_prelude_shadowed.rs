#![no_implicit_prelude]
#![deny(warnings, clippy::all, clippy::pedantic)]
use ::aqueduct::pipeline;

enum Option {
    Some,
}
struct Ok;
struct Vec;
struct Case;

fn segment() -> impl ::aqueduct::Transform<u64, Out = u64> {
    pipeline! { _: u64 -> map(|n| n + 1) -> queue(3) -> filter(|n| *n > 1) -> _ }
}

fn main() {
    let (it, s, plan, b0, w1, t0, k3, o4) = (1, 2, 3, 4, 5, 6, 7, 8);
    let limit = it + s + plan + b0 + w1 + t0 + k3 + o4;
    let pipeline = pipeline! {
        #![queue = 16]
        #![name = "hygiene"]
        let (a, b) = iter(0..10_u64) -> broadcast;
        let c = a -> match move {
            n if n > limit => n,
            n if n == it => n -> map_async(2, async |n| n),
            n => n -> tap { queue(2) -> discard() } -> count(),
        };
        let d = merge(c, b -> via(segment())) -> parallel(2) { map(|n| n * 2) };
        zip(d, interleave(once(1_u64), concat(iter(0..3), iter(0..4)))) -> broadcast {
            count(),
            map(|(x, y)| x + y),
        } -> fold(0, |x, y| x + y)
    };
    ::core::mem::drop(pipeline);
    ::core::mem::drop((Ok, Vec, Case, Option::Some));
}
