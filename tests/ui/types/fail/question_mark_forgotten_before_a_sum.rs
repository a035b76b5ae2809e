use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(["1", "2"]) -> map(|text| text.parse::<u32>()) -> fold(0, |sum, n| sum + n) };
}
