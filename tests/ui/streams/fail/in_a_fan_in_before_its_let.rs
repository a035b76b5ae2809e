use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        merge(a, iter(3..6)) -> discard();
        let a = iter(0..3);
    };
}
