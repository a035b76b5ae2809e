use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { #![role = None::<&str>] iter(0..3) -> count() };
}
