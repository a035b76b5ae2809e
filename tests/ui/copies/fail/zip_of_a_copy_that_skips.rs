use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        zip(a, b -> skip(300)) -> discard()
    };
}
