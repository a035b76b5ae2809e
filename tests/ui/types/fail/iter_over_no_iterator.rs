use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(3_u32) -> discard() };
}
