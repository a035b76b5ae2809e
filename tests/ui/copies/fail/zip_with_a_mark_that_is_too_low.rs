use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        zip(a -> queue(1000, low = 299), b -> skip(300)) -> discard()
    };
}
