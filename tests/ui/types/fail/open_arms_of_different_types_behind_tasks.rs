use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> broadcast {
            map_async(2, async |n| n.to_string()),
            then(async |n| n + 1),
        } -> discard()
    };
}
