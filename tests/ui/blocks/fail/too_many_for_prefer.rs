use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { prefer(iter(0..3), iter(3..6), iter(6..9)) -> discard() };
}
