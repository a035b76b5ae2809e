use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..3) -> broadcast { map(|n| n) };
        a -> discard();
        b -> discard()
    };
}
