use aqueduct::pipeline;

struct Once;

fn main() {
    let _ = pipeline! {
        iter([Once]) -> tap { count() } -> discard()
    };
}
