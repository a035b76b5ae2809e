use aqueduct::pipeline;

struct NotShown;

fn main() {
    let _ = pipeline! { iter([NotShown]) -> write_lines(Vec::new()) };
}
