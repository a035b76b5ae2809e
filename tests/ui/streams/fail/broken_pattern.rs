use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let 5 = iter(0..3);
    };
}
