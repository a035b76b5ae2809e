use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> inspect(async |x| drop(x)) -> discard() };
}
