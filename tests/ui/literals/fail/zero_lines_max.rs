use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { lines(&b""[..], max = 0) -> discard() };
}
