use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter(0..9_u64) -> mpa(|n| n) -> scan(0, |sum, n| { *sum += n; Some(*sum) })
            -> map(|sum| sum.checked_sub(1)) -> discard()
    };
}
