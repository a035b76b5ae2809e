use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { let () = iter(0..3) -> broadcast; };
}
