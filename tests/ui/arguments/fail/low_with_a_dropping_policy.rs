use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> queue(8, low = 2, overflow = drop_oldest) -> discard() };
}
