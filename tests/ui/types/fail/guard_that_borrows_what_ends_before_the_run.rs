use aqueduct::pipeline;

fn main() {
    let one = 1;
    let running = pipeline! {
        iter(0..3u32) -> match { n if n > one => n -> discard(), n => n -> count() }
    }
    .spawn();
    drop(running);
}
