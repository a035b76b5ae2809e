use aqueduct::pipeline;

fn main() {
    let n = 8;
    drop(pipeline! { iter(0..3) -> queue(n, low = n / 4) -> discard() });
    drop(pipeline! { iter(0..3) -> queue(8, overflow = block, low = 2) -> discard() });
    drop(pipeline! { iter(0..3) -> queue(8, overflow = drop_oldest) -> discard() });
    drop(pipeline! { iter(0..3) -> queue(8, overflow = drop_newest) -> discard() });
    drop(pipeline! { iter(0..3) -> queue(8, overflow = fail) -> discard() });
    drop(pipeline! { iter(["a"]) -> queue(bytes = 64KiB) -> discard() });
    drop(pipeline! { iter(["a"]) -> queue(bytes = 64KiB, low = 1KiB) -> discard() });
    drop(pipeline! { iter(["a"]) -> queue(bytes = 0.5MiB, overflow = drop_oldest) -> discard() });
    drop(pipeline! { iter(["a"]) -> queue(bytes = n, overflow = drop_newest) -> discard() });
    drop(pipeline! { iter(["a"]) -> queue(overflow = fail, bytes = 1_000B) -> discard() });
}
