use aqueduct::pipeline;

struct Once;

fn main() {
    let _ = pipeline! {
        iter([Once]) -> broadcast { count(), discard() }
    };
}
