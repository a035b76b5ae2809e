use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { lines(tokio::io::empty(), mx = 4KiB) -> discard() };
}
