use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> match { 0 => "zero", _ => "more" } -> map(|n: u32| n) -> discard()
    };
}
