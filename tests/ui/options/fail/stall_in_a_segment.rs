use aqueduct::{Source, pipeline};

fn numbers() -> impl Source<Item = u64> {
    pipeline! {
        #![stall = 30s]
        iter(0..3) -> _
    }
}

fn main() {
    let _ = pipeline! { from(numbers()) -> discard() };
}
