use aqueduct::pipeline;

fn main() {
    let _ = pipeline! {
        #![quue = 8]
        iter(0..3)
            -> mpa(|x| x + 1)
            -> queue(0)
            -> batch(8, 1sec) as b
            -> for_each(|x: Vec<u8>| drop(x)) as b
    };
}
