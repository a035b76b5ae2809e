use aqueduct::pipeline;

async fn run() {
    let words = pipeline! { iter(0..3) -> fliter(|x| x.len() > 1) -> map(|x| x.to_string()) -> collect::<Vec<_>>() }
        .run()
        .await
        .unwrap();
    println!("{}", words.len());
}

fn main() {
    drop(run());
}
