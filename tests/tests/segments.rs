//! Segments, made by hand: values that wire tasks and links of their own into the pipeline that uses them (DESIGN 3). What
//! `pipeline!` will make of open ends has this shape.

use std::time::Duration;

use aqueduct::operators::{collect, filter, iter, map};
use aqueduct::segment::{AnyReceiver, At, Head, Out, Role, StageSpec, Stream};
use aqueduct::{BoxError, Emitter, ErrorKind, Sink, Source, Transform, pipeline};

const LIMIT: Duration = Duration::from_secs(20);

fn spec(name: &'static str, role: Role, task: usize) -> StageSpec {
    StageSpec { name, operator: name, role, task }
}

/// `iter(0..n) -> map(..) | link` as a source.
struct Numbers(u64);

impl Source for Numbers {
    type Item = u64;

    async fn next(&mut self) -> Result<Option<u64>, BoxError> {
        Err("a segment is wired, not asked".into())
    }

    fn wire<'p>(self, mut at: At<'_, 'p>) -> impl Head<Item = u64> + Send + use<'p>
    where
        Self: 'p,
    {
        let s = iter(0..self.0, at.inner(spec("iter", Role::Source, 1)));
        let s = map(s, |n| n * 10, at.inner(spec("map", Role::Stage, 1)));
        let (s, task) = at.inner_link(s, "map", "end");
        s.into_head(at, (task, ()))
    }
}

/// `map(..) | link | filter(..) | link` as a transform.
struct Normalize;

impl Transform<u64> for Normalize {
    type Out = u64;

    async fn apply(&mut self, _: u64, _: &mut Emitter<'_, u64>) -> Result<(), BoxError> {
        Err("a segment is wired, not called".into())
    }

    fn wire<'p>(self, input: AnyReceiver<u64>, mut at: At<'_, 'p>) -> impl Head<Item = u64> + Send + use<'p>
    where
        Self: 'p,
    {
        let s = Stream::<u64, _, _>::source(input);
        let s = map(s, |n| if n == 990 { panic!("no {n}") } else { n + 1 }, at.inner(spec("map", Role::Stage, 1)));
        let (s, first) = at.inner_link(s, "map", "filter");
        let s = filter(s, |n| n % 20 == 1, at.inner(spec("filter", Role::Stage, 2)));
        let (s, second) = at.inner_link(s, "filter", "end");
        s.into_head(at, (second, (first, ())))
    }
}

/// `collect()` as a sink.
struct Store;

impl Sink<u64> for Store {
    type Output = Vec<u64>;

    async fn write(&mut self, _: u64) -> Result<(), BoxError> {
        Err("a segment is wired, not called".into())
    }

    async fn finish(self) -> Result<Vec<u64>, BoxError> {
        Err("a segment is wired, not called".into())
    }

    fn wire<'p>(self, input: AnyReceiver<u64>, mut at: At<'_, 'p>) -> Out<Vec<u64>>
    where
        Self: 'p,
    {
        let s = Stream::<u64, _, _>::source(input);
        let place = at.inner(spec("collect", Role::Sink, 0));
        let closed = collect::<Vec<u64>, _, _, _, _>(s, place);
        closed.into_out(at, ())
    }
}

#[tokio::test]
async fn segments_become_part_of_the_one_pipeline() {
    let pipeline = pipeline! {
        #![queue = 8]
        from(Numbers(10)) as numbers -> via(Normalize) as normalize -> into(Store) as store
    };
    let names: Vec<String> = pipeline.graph().stages.iter().map(|stage| stage.name.to_string()).collect();
    assert_eq!(
        names,
        [
            "numbers",
            "normalize",
            "store",
            "numbers/iter",
            "numbers/map",
            "normalize/map",
            "normalize/filter",
            "store/collect"
        ]
    );
    // Links: numbers' own, before via, two inside it, before into. Tasks: 1 + 2 inside, and the 3 outside.
    assert_eq!(pipeline.graph().links.len(), 5);
    assert_eq!(pipeline.bound(), Some(5 * 8 + 6));

    let control = pipeline.control();
    let stored = tokio::time::timeout(LIMIT, pipeline.run()).await.expect("an end in time").expect("a good end");
    assert_eq!(stored, [1, 21, 41, 61, 81]);
    let snapshot = control.snapshot();
    assert_eq!(snapshot.stage("normalize/map").expect("a stage").items_in, 10);
    assert_eq!(snapshot.stage("normalize/filter").expect("a stage").items_out, 5);
}

#[tokio::test]
async fn a_failure_inside_a_segment_names_its_stage_and_ends_all() {
    let pipeline = pipeline! { from(Numbers(1_000_000)) -> via(Normalize) as normalize -> into(Store) };
    let error = tokio::time::timeout(LIMIT, pipeline.run()).await.expect("an end in time").expect_err("the panic");
    assert_eq!((error.stage(), error.kind()), ("normalize/map", ErrorKind::Panicked));
}

#[tokio::test]
async fn a_satisfied_sink_ends_the_segments_above_it() {
    let pipeline = pipeline! { from(Numbers(u64::MAX / 10)) -> take(3) -> collect::<Vec<_>>() };
    let taken = tokio::time::timeout(LIMIT, pipeline.run_local()).await.expect("an end in time").expect("a good end");
    assert_eq!(taken, [0, 10, 20]);
}
