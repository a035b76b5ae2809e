use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { lines(&b"one"[..]) -> write_lines(Vec::new()) };
}
