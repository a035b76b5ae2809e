use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> for_each_async(2, |x| println!("{x}")) };
}
