use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> via(3_u32) -> discard() };
}
