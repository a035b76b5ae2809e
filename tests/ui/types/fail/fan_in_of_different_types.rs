use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        merge(iter(0..3u32), iter(["one", "two"])) -> discard()
    };
}
