use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> ready_chunks(0x0) -> discard() };
}
