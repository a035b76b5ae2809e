use aqueduct::pipeline;

fn main() {
    let text = String::from("a");
    let running = pipeline! { iter(text.chars()) -> count() }.spawn();
    drop(running);
}
