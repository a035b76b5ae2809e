use aqueduct::pipeline;

fn main() {
    drop(pipeline! { iter(0..3) -> discard() });
    drop(pipeline! { iter(0..3) -> discard(); });
    drop(pipeline! { let a = iter(0..3); a -> discard() });
    drop(pipeline! { let a = iter(0..3); let b = a -> map(|x| x + 1); b -> discard(); });
    drop(pipeline! { iter(0..3) as numbers -> map(|x| x + 1) as plus -> queue(8) as room -> discard() as end });
    drop(pipeline! { iter([Ok(3), Err("no")])? -> map(|x: u8| Ok::<_, aqueduct::BoxError>(x))? as checked -> for_each(|_| Ok::<_, String>(()))? });
    drop(pipeline! { iter(0..3) -> map(|x| -> u8 { x }) -> fold(0_u64, |a, b| a + u64::from(b)) });
    drop(pipeline! { iter(0..3) -> take(0) -> collect::<std::collections::BTreeSet<_>>() });
    drop(pipeline! { iter([[1, 2], [3, 4]]) -> flatten() -> first() });
    drop(pipeline! { repeat_with(|| 5) -> filter_map(|x| (x > 3).then_some(x)) -> inspect(|x| println!("{x}")) -> chunks(4) -> discard() });
}
