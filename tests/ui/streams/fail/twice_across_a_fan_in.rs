use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let a = iter(0..3);
        merge(a, iter(3..6)) -> discard();
        a -> count()
    };
}
