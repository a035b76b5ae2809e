use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![queue = 0]
        iter(0..3) -> discard()
    };
}
