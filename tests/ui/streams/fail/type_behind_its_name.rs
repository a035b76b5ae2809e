use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let numbers: u32 = iter(0..3_u32);
        numbers -> count()
    };
}
