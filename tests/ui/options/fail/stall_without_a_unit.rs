use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![stall = 30]
        iter(0..3) -> discard()
    };
}
