use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { from(3_u32) -> discard() };
}
