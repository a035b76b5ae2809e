use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        let (c, d) = b -> filter(|n| n % 2 == 0) -> broadcast;
        d -> discard();
        zip(a, c) -> discard()
    };
}
