use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![stall = 30sec]
        iter(0..3) -> discard()
    };
}
