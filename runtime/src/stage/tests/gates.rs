//! Pipelines with a `concat`, built as expanded code would: what feeds a later input does not begin before its turn.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::blueprint;
use crate::link::tests::within;
use crate::operators::{collect, concat, from, map_async, take};
use crate::pipeline::{Pipeline, pipeline};
use crate::stage::{Plan, Role, SpawnTasks, StageSpec, and_input, input, link};
use crate::{BoxError, ErrorKind, PipelineError, Source, Spawnable};

const LIMIT: Duration = Duration::from_secs(30);

/// What happened, in order: `a next`, `a end`, `a close`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: String) {
        self.0.lock().expect("nobody panics").push(what);
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().expect("nobody panics").clone()
    }

    fn count(&self, what: &str) -> usize {
        self.all().iter().filter(|noted| *noted == what).count()
    }

    /// Neither asked nor forgotten: only closed.
    #[track_caller]
    fn expect_unbegun(&self, name: &str) {
        assert_eq!(self.count(&format!("{name} next")), 0, "{:?}", self.all());
        assert_eq!(self.count(&format!("{name} close")), 1, "{:?}", self.all());
    }

    #[track_caller]
    fn expect_order(&self, first: &str, second: &str) {
        let all = self.all();
        let place = |what: &str| all.iter().position(|noted| noted == what);
        assert!(place(first).expect(first) < place(second).expect(second), "{all:?}");
    }
}

/// Gives `items` numbers, then ends or does as `then` says.
struct Script {
    name: &'static str,
    log: Log,
    items: u32,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    End,
    Fail,
    Wait,
}

impl Source for Script {
    type Item = u32;

    async fn next(&mut self) -> Result<Option<u32>, BoxError> {
        self.log.note(format!("{} next", self.name));
        tokio::task::yield_now().await;
        if self.items > 0 {
            self.items -= 1;
            return Ok(Some(self.items));
        }
        self.log.note(format!("{} end", self.name));
        match self.then {
            Then::End => Ok(None),
            Then::Fail => Err("planned".into()),
            Then::Wait => std::future::pending().await,
        }
    }

    async fn close(&mut self) {
        self.log.note(format!("{} close", self.name));
    }
}

/// `concat(from(a), from(b) -> map_async(1), from(c)) -> take(most) -> collect()`, with links of 2.
fn chain(log: &Log, a: Then, most: usize) -> Pipeline<Vec<u32>, impl Spawnable<Vec<u32>> + use<>> {
    let source = |name, then| Script { name, log: log.clone(), items: 5, then };
    let stages = [("a", 0), ("b", 1), ("map_async", 2), ("c", 3), ("concat", 4), ("take", 4), ("collect", 4)];
    let edges = [(0, 4), (1, 2), (2, 4), (3, 4), (4, 5), (5, 6)];
    let mut plan = Plan::new(blueprint(&stages, &edges, 5), "test", 2);
    let (s0, t0) = link(from(source("a", a), plan.at(0)), plan.edge(0));
    let (s1, t1) = link(from(source("b", Then::End), plan.at(1)), plan.edge(1));
    let (s1, t2) = link(map_async(s1, 1, |n| async move { n + 100 }, plan.at(2)), plan.edge(2));
    let (s2, t3) = link(from(source("c", Then::End), plan.at(3)), plan.edge(3));
    let inputs = and_input(and_input(input(s0), s1), s2);
    let s = concat(inputs, &[&[1, 2], &[3]], plan.at(4));
    let closed = collect::<Vec<u32>, _, _, _, _>(take(s, most, plan.at(5)), plan.at(6));
    pipeline(plan, closed, spawned((t3, (t2, (t1, (t0, ()))))))
}

/// Keeps the list's type from being spelt.
fn spawned<Ts: SpawnTasks>(tasks: Ts) -> Ts {
    tasks
}

fn runtimes() -> [Runtime; 2] {
    [
        Builder::new_current_thread().enable_all().build().expect("a runtime"),
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"),
    ]
}

/// Runs the pipeline on each kind of runtime, and inside the calling task.
fn everywhere(a: Then, most: usize, check: fn(Result<Vec<u32>, PipelineError>, &Log)) {
    within(LIMIT, move || {
        for runtime in runtimes() {
            let log = Log::default();
            check(runtime.block_on(chain(&log, a, most).run()), &log);
            let log = Log::default();
            check(runtime.block_on(chain(&log, a, most).run_local()), &log);
        }
    });
}

#[test]
fn f4_a_source_of_a_later_input_is_not_asked_before_its_turn() {
    everywhere(Then::End, usize::MAX, |outcome, log| {
        let down = |from: u32| (from..from + 5).rev();
        assert_eq!(outcome.expect("it ends"), down(0).chain(down(100)).chain(down(0)).collect::<Vec<_>>());
        log.expect_order("a end", "b next");
        log.expect_order("b end", "c next");
        for name in ["a", "b", "c"] {
            assert_eq!(log.count(&format!("{name} close")), 1);
        }
    });
}

#[test]
fn s3_a_satisfied_sink_closes_later_inputs_unbegun() {
    everywhere(Then::Wait, 3, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), [4, 3, 2]);
        assert_eq!(log.count("a close"), 1);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
    everywhere(Then::End, 7, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), [4, 3, 2, 1, 0, 104, 103]);
        assert_eq!(log.count("b close"), 1);
        log.expect_unbegun("c");
    });
    everywhere(Then::End, 0, |outcome, log| {
        assert_eq!(outcome.expect("it ends"), []);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
}

#[test]
fn e1_a_failure_closes_later_inputs_unbegun() {
    everywhere(Then::Fail, usize::MAX, |outcome, log| {
        assert_eq!(outcome.expect_err("it fails").stage(), "a");
        assert_eq!(log.count("a close"), 1);
        log.expect_unbegun("b");
        log.expect_unbegun("c");
    });
}

#[test]
fn e5_finish_closes_later_inputs_unbegun() {
    within(LIMIT, || {
        for runtime in runtimes() {
            let log = Log::default();
            let outcome = runtime.block_on(async {
                let running = chain(&log, Then::Wait, usize::MAX).spawn();
                while log.count("a end") == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                running.control().pause();
                running.control().resume();
                running.control().finish();
                running.await
            });
            assert_eq!(outcome.expect("it ends"), [4, 3, 2, 1, 0]);
            assert_eq!(log.count("a close"), 1);
            log.expect_unbegun("b");
            log.expect_unbegun("c");
        }
    });
}

#[test]
fn e5_finish_before_the_run_closes_all_inputs_unbegun() {
    within(LIMIT, || {
        for runtime in runtimes() {
            let log = Log::default();
            let pipeline = chain(&log, Then::End, usize::MAX);
            pipeline.control().finish();
            assert_eq!(runtime.block_on(pipeline.run()).expect("it ends"), []);
            ["a", "b", "c"].into_iter().for_each(|name| log.expect_unbegun(name));
        }
    });
}

#[test]
fn e6_abort_closes_later_inputs_unbegun() {
    within(LIMIT, || {
        for runtime in runtimes() {
            let log = Log::default();
            let outcome = runtime.block_on(async {
                let running = chain(&log, Then::Wait, usize::MAX).spawn();
                while log.count("a end") == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                running.control().abort();
                running.await
            });
            assert_eq!(outcome.expect_err("it was aborted").kind(), ErrorKind::Aborted);
            assert_eq!(log.count("a close"), 1);
            log.expect_unbegun("b");
            log.expect_unbegun("c");
        }
    });
}

/// `concat(from(a), concat(from(b), from(c))) -> take(most) -> collect()`: the source `c` is held twice.
fn nested(log: &Log, most: usize) -> Pipeline<Vec<u32>, impl Spawnable<Vec<u32>> + use<>> {
    let source = |name| Script { name, log: log.clone(), items: 5, then: Then::End };
    let stages = [("a", 0), ("b", 1), ("c", 2), ("inner", 3), ("outer", 4), ("take", 4), ("collect", 4)];
    let edges = [(0, 4), (1, 3), (2, 3), (3, 4), (4, 5), (5, 6)];
    let mut plan = Plan::new(blueprint(&stages, &edges, 5), "test", 2);
    let (s0, t0) = link(from(source("a"), plan.at(0)), plan.edge(0));
    let (s1, t1) = link(from(source("b"), plan.at(1)), plan.edge(1));
    let (s2, t2) = link(from(source("c"), plan.at(2)), plan.edge(2));
    let inner = concat(and_input(input(s1), s2), &[&[2]], plan.at(3));
    let (inner, t3) = link(inner, plan.edge(3));
    let outer = concat(and_input(input(s0), inner), &[&[1, 2, 3]], plan.at(4));
    let closed = collect::<Vec<u32>, _, _, _, _>(take(outer, most, plan.at(5)), plan.at(6));
    pipeline(plan, closed, spawned((t3, (t2, (t1, (t0, ()))))))
}

#[test]
fn f4_a_task_that_is_held_twice_is_let_go_twice() {
    within(LIMIT, || {
        for runtime in runtimes() {
            let log = Log::default();
            let outcome = runtime.block_on(nested(&log, usize::MAX).run());
            assert_eq!(outcome.expect("it ends").len(), 15);
            log.expect_order("a end", "b next");
            log.expect_order("b end", "c next");
            let log = Log::default();
            assert_eq!(runtime.block_on(nested(&log, 2).run()).expect("it ends"), [4, 3]);
            log.expect_unbegun("b");
            log.expect_unbegun("c");
        }
    });
}

#[test]
fn f4_the_tasks_of_a_segment_are_held_with_its_stage() {
    within(LIMIT, || {
        let mut plan = Plan::new(blueprint(&[("a", 0), ("from", 1), ("concat", 2)], &[], 3), "test", 2);
        let spec = StageSpec { name: "iter", operator: "iter", role: Role::Source, task: 1 };
        drop(plan.at(1).inner(spec));
        let at = plan.at(2);
        assert_eq!(at.tasks(&[0]).len(), 1);
        assert_eq!(at.tasks(&[1]).len(), 2);
        assert_eq!(at.tasks(&[1, 2]).len(), 3);
    });
}
