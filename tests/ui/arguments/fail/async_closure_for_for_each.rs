use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> for_each(async |x| drop(x)) };
}
