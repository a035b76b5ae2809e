use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..1_000) -> broadcast;
        zip(a -> queue(8), b -> windows(10)) -> discard()
    };
}
