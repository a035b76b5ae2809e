use aqueduct::pipeline;

struct Geo;

impl Geo {
    async fn locate(&self, x: u8) -> u8 {
        x
    }
}

fn main() {
    let geo = Geo;
    drop(pipeline! { iter(0..3_u8) -> then(async move |x| geo.locate(x).await) -> discard() });
    let geo = Geo;
    drop(pipeline! { iter(0..3_u8) -> map_async(4, async move |x| geo.locate(x).await) -> discard() });
    drop(pipeline! { iter(0..3_u8) -> then(|x| async move { x.pow(2) }) -> discard() });
    drop(pipeline! { iter(0..3_u8) -> map_async(4, |x| async move { Ok::<_, String>(x.pow(2)) })? -> map(|x| x.pow(2)) -> discard() });
    let geo = Geo;
    drop(pipeline! { iter(0..3_u8) -> for_each_async(4, async move |x| { geo.locate(x).await; }) });
    let geo = Geo;
    drop(pipeline! { iter(0..3_u8) -> for_each_async(4, async move |x| { geo.locate(x).await; Ok::<_, String>(()) })? });
    drop(pipeline! { iter(0..3_u8) -> for_each_async(4, |x| async move { assert!(x.pow(2) < 9) }) });
    drop(pipeline! { iter(0..3_u8) -> for_each_async(4, |x| async move { assert!(x.pow(2) < 9); Ok::<_, String>(()) })? });
    drop(pipeline! { interval(250ms) -> timeout(1.5s) -> throttle(3, 1s, burst = 2) -> batch(5, 1h) -> for_each(drop) });
}
