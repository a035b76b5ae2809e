use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        _: u8 -> discard();
        _: u8 -> count()
    };
}
