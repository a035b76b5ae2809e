use aqueduct::pipeline;

fn main() {
    let _ = pipeline! { iter(0..3) -> map(|x| x + 1) -> foreach(|x| println!("{x}")) };
}
