use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> filter(|x| x + 1) -> discard() };
}
