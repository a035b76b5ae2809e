use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> filter_async(|x| *x > 1) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
