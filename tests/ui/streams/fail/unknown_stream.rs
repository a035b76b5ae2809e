use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        events -> discard()
    };
}
