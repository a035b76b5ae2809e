use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let a = iter(0..3) -> _;
        a -> discard()
    };
}
