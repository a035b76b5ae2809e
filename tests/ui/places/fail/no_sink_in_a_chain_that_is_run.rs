use aqueduct::pipeline;

async fn run() {
    let sum = pipeline! { iter(0..3) -> map(|x| x + 1) }.run().await.unwrap();
    println!("{sum}");
}

fn main() {
    drop(run());
}
