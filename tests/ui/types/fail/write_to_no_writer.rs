use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["a"]) -> write(3_u32) };
}
