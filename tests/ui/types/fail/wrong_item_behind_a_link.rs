use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3_u32) -> queue(8) -> filter(|x: &String| x.is_empty()) -> discard() };
}
