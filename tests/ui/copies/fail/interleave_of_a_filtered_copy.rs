use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        interleave(a, b -> filter(|n| n % 2 == 0)) -> discard()
    };
}
