use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map(|x| x) as map_2 -> map(|x| x) -> map(|x| x) -> discard() };
}
