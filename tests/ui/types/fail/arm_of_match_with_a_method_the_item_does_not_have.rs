use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> match {
            0 => "zero" -> map(|word| word.len()) -> count(),
            n => n -> map(|n| n.len()) -> count(),
        }
    };
}
