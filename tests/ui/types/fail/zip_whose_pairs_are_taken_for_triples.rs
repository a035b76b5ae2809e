use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        zip(iter(0..3u32), iter(["one", "two"])) -> map(|(n, word, more)| (n, word, more)) -> discard()
    };
}
