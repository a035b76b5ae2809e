use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..3u32) -> broadcast;
        a -> map(|n: String| n) -> discard();
        b -> count()
    };
}
