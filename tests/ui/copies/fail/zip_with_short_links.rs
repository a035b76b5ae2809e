use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![queue = 4]
        let (a, b) = iter(0..1_000) -> broadcast;
        zip(a, b -> skip(3)) -> discard()
    };
}
