use aqueduct::pipeline;

fn main() {
    let words = vec![1, 2, 3];
    let _ = pipeline! {
        iter(0..3u32) -> parallel(2) { filter(move |n| words.contains(n)) } -> discard()
    };
}
