use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter_blocking(3_u32) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
