use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        a -> discard();
        let a = iter(0..3);
    };
}
