use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> tap { filter(|n: &String| n.is_empty()) -> count() } -> discard()
    };
}
