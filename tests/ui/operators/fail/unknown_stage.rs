use aqueduct::pipeline;

fn main() {
    let numbers = pipeline! {
        iter(0..3_u64)
            -> mpa(|x| x.pow(2))
            -> filter(|x| *x > 1)
            -> map(|x| x.leading_zeros())
            -> collect::<Vec<_>>()
    };
    drop(numbers);
}
