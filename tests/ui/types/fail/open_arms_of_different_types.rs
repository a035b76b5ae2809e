use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> match {
            0 => "zero" -> map(str::len),
            n => n -> map(|n| n + 1),
        } -> discard()
    };
}
