use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![quue = 8]
        iter(0..3) -> discard()
    };
}
