use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let words = iter(["one", "two"]) -> map(str::len);
        concat(iter(0..3u32), words) -> discard()
    };
}
