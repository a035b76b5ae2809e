use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { lines(&b"one"[..]) -> map(|line| line.len()) -> discard() };
}
