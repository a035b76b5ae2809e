use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        let (c, d) = iter(0..1_000) -> broadcast;
        zip(a -> filter(|n| n % 2 == 0), c) -> discard();
        zip(b, d) -> discard()
    };
}
