use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let a = iter(0..3);
        merge(a, a) -> discard()
    };
}
