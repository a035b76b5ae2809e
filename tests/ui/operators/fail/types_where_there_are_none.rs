use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map::<u8>(|x| x) -> discard() };
}
