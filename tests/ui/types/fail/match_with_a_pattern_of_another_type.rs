use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> match {
            Some(n) => n -> discard(),
            _ => 0 -> count(),
        }
    };
}
