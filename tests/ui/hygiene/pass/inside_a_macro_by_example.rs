use aqueduct::pipeline;

macro_rules! squares {
    ($of:expr, $name:ident, $n:literal) => {
        pipeline! { let $name = iter($of); $name -> map(|x| x * x) -> queue($n) -> count() }
    };
}

fn main() {
    drop(squares!(0..3_u64, numbers, 8));
}
