use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![crate = 5]
        iter(0..3) -> discard()
    };
}
