use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { discard() };
}
