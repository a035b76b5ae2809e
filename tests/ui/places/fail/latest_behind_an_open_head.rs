use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { _: u8 -> latest() -> discard() };
}
