use aqueduct::pipeline;

struct NotWeighed;

fn main() {
    let _ = pipeline! { iter([NotWeighed]) -> queue(bytes = 64KiB) -> discard() };
}
