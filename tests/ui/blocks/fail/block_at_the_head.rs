use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { broadcast { count(), discard() } };
}
