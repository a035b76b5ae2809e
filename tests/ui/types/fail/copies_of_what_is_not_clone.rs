use aqueduct::pipeline;

struct Once;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter([Once]) -> broadcast;
        a -> count();
        b -> discard()
    };
}
