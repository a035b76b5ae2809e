use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter([Ok(1), Err(2)]) -> match { Ok(n) => n -> discard(), Err(n) => n -> count() } -> map(|n: u8| n) -> discard()
    };
}
