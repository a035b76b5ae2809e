use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![stall = 0s]
        iter(0..3) -> discard()
    };
}
