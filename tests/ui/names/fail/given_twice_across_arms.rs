use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3) -> broadcast { map(|n| n) as twin -> count(), filter(|n| *n > 1) as twin -> discard() }
    };
}
