use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..3u32) -> match { 0 => "zero", n => n } -> discard()
    };
}
