use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> for_each_async(0, async |_| Ok::<(), String>(()))? };
}
