use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        iter([Some(1), None]) -> match {
            Some(n) if n > 1 => n -> discard(),
            None => 0 -> count(),
        }
    };
}
