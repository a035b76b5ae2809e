use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![queue]
        iter(0..3) -> discard()
    };
}
