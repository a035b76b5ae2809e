use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { stream(3_u32) -> discard() };
}
