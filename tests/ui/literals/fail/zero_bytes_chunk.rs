use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { bytes(&b""[..], chunk = 0B) -> discard() };
}
