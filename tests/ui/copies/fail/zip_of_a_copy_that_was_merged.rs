use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        zip(merge(a, iter(0..5)), b) -> discard()
    };
}
