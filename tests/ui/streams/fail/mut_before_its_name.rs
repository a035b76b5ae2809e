use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let mut numbers = iter(0..3_u32);
        numbers -> count()
    };
}
