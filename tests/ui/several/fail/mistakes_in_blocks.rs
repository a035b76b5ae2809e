use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        let (a, b) = iter(0..9) -> broadcast;
        let (c,) = iter(0..9) -> broadcast;
        c -> tap { queue(2, overflow = block) -> mpa(|n| n) -> discard() }? -> discard();
        concat(a, b) -> parallel(0) { discard() } -> map(|n| n) -> _;
        prefer(iter(0..9)) -> match { 0 => 1 -> iter(0..3), n => n -> discard() }
    };
}
