use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![queue = 8]
        #![queue = 9]
        iter(0..3) -> discard()
    };
}
