use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> parallel("two") { map(|n| n) } -> discard()
    };
}
