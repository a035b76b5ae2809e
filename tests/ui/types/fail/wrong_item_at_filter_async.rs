use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> filter_async(async |x: &String| x.is_empty()) -> map(|x| x) -> queue(4) -> map(|x| x) -> discard() };
}
