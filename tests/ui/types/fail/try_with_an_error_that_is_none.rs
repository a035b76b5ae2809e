use aqueduct::pipeline;

struct NotAnError;

fn main() {
    let _ = pipeline! { iter([Err::<u8, NotAnError>(NotAnError)])? -> discard() };
}
