use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { bytes(tokio::io::empty(), chunks = 4KiB) -> discard() };
}
