use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3) -> _;
        iter(3..6) -> _
    };
}
