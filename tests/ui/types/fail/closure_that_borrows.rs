use aqueduct::pipeline;

async fn run() {
    let limit = 2;
    let _ = pipeline! { iter(0..3_u32) -> filter(|x| *x < limit) -> discard() }.run().await;
}

fn main() {
    drop(run());
}
