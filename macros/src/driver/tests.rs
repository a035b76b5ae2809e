//! The passes together: plans as snapshots, every refusal by its message, and text that nobody would write.

mod copies;
mod graphs;
mod operators;
mod plans;
mod refusals;
mod robust;
mod roles;

use proc_macro2::TokenStream;

use super::*;
use crate::graph::render::render as draw;
use crate::plan::render::{calls, render};

fn passes(input: TokenStream) -> (graph::Graph, Errors) {
    crate::time_limit::begin();
    let mut errors = Errors::default();
    let text = parse::parse(input, &mut errors);
    let graph = graph::build(text, &mut errors);
    check::check(&graph, &mut errors);
    (graph, errors)
}

fn planned(text: &str) -> plan::Plan {
    let (graph, errors) = passes(text.parse().unwrap());
    plan::plan(graph, errors)
}

/// The messages for a text, in the order of finding.
fn messages(text: &str) -> Vec<String> {
    passes(text.parse().unwrap()).1.list.into_iter().map(|error| error.mistake.message).collect()
}

/// The calls of a text without mistakes.
fn called(text: &str) -> String {
    assert_eq!(messages(text), [""; 0], "{text}");
    calls(&planned(text))
}

#[test]
fn a_chain_is_cut_into_tasks() {
    let text = "let a = iter(0..3)?; a -> map(f) -> queue(5, low = 2) as q -> map_async(3, f)? -> batch(10, 1s) -> chunks(2) -> collect()";
    assert_eq!(called(text), "iter ? keep(n) take map queue map_async ? link batch chunks collect");
    assert_eq!(
        render(&planned(text)),
        "flowchart LR
  subgraph t0: s0[iter] s1[map]
  subgraph t1: s2[map_async]
  subgraph t2: s3[batch] s4[chunks] s5[collect]
  s0 --- s1
  s1 --q--> s2
  s2 --map_async->batch--> s3
  s3 --- s4
  s4 --- s5
"
    );
}

#[test]
fn a_queue_splits_a_fused_task() {
    let text = "iter(x) -> map(f) -> queue(5) -> map(g) -> queue(6) -> discard()";
    assert_eq!(called(text), "iter map queue map queue discard");
    assert_eq!(
        render(&planned(text)),
        "flowchart LR
  subgraph t0: s0[iter] s1[map_1]
  subgraph t1: s2[map_2]
  subgraph t2: s3[discard]
  s0 --- s1
  s1 --queue_1--> s2
  s2 --queue_2--> s3
"
    );
}

#[test]
fn flavours() {
    for (text, calls) in [
        ("iter(x) -> then(async |a| a) -> discard()", "iter link then::lending discard"),
        ("iter(x) -> then(async move |a| a) -> discard()", "iter link then::lending discard"),
        ("iter(x) -> then(|a| async { a }) -> discard()", "iter link then discard"),
        ("iter(x) -> map_async(2, async || a) -> discard()", "iter link map_async::lending discard"),
        ("iter(x) -> map(|a| async { a }) -> discard()", "iter map discard"),
        ("iter(x) -> then(async_fn) -> discard()", "iter link then discard"),
        ("iter(x) -> for_each(f)?", "iter for_each::tried"),
        ("iter(x) -> fold(0, f)?", "iter fold::tried"),
        ("iter(x) -> reduce(f)?", "iter reduce::tried"),
        ("unfold(0, async |a| a) -> last()", "unfold::lending last"),
        ("unfold(0, f) -> last()", "unfold last"),
        ("iter(x) -> for_each_async(2, f)", "iter link for_each_async"),
        ("iter(x) -> for_each_async(2, async |a| a)", "iter link for_each_async::lending"),
        ("iter(x) -> for_each_async(2, f)?", "iter link for_each_async::tried"),
        ("iter(x) -> for_each_async(2, async |a| a)?", "iter link for_each_async::tried_lending"),
        ("iter(x) -> queue(4, overflow = block) -> discard()", "iter queue discard"),
        ("iter(x) -> queue(4, overflow = drop_oldest) -> discard()", "iter queue::drop_oldest discard"),
        ("iter(x) -> queue(bytes = 4KiB, low = 1KiB) -> discard()", "iter queue::bytes discard"),
        ("iter(x) -> queue(overflow = fail, bytes = 4KiB) -> discard()", "iter queue::bytes_fail discard"),
        ("iter(x) -> batch(4, 1s, bytes = 4KiB) -> discard()", "iter link batch::bytes discard"),
    ] {
        assert_eq!(called(text), calls, "{text}");
    }
}

fn expansion(text: &str) -> String {
    expand(text.parse().unwrap()).to_string().replace(' ', "")
}

#[test]
fn calls_as_the_runtime_takes_them() {
    for (text, call) in [
        (
            "lines(r) -> discard()",
            "operators::lines(::aqueduct::operators::given::reader(r),1048576usize,plan.at(0usize))",
        ),
        ("lines(r, max = 2KiB) -> discard()", "given::reader(r),2048usize,plan.at(0usize))"),
        ("bytes(r) -> discard()", "given::reader(r),65536usize,plan.at(0usize))"),
        (
            "iter(x) -> throttle(2, 1s) -> discard()",
            "operators::throttle(s,2,::core::time::Duration::from_nanos(1000000000u64),1usize,plan.at(1usize))",
        ),
        ("iter(x) -> queue(4) -> discard()", "operators::queue(s,4,::core::option::Option::None,plan.edge(0usize))"),
        (
            "iter(x) -> queue(4, low = l) -> discard()",
            "operators::queue(s,4,::core::option::Option::Some(l),plan.edge(0usize))",
        ),
        (
            "iter(x) -> queue(bytes = 4KiB, overflow = drop_newest) -> discard()",
            "operators::queue::bytes_drop_newest(s,4096usize,plan.edge(0usize))",
        ),
        (
            "iter(x) -> queue(bytes = b) -> discard()",
            "operators::queue::bytes(s,b,::core::option::Option::None,plan.edge(0usize))",
        ),
        ("iter(x) -> batch(4, p, bytes = b) -> discard()", "operators::batch::bytes(s,4,p,b,plan.at(1usize))"),
        (
            "iter(x) -> then(f) -> discard()",
            "letitems=::aqueduct::operators::given::items(&s);lets=::aqueduct::operators::then(",
        ),
        ("iter(x) -> then(f) -> discard()", "then(s,::aqueduct::operators::given::step(&items,f),plan.at(1usize))"),
        (
            "iter(x) -> map_async_keyed(2, k, async |n| n) -> discard()",
            "(s,2,::aqueduct::operators::given::key(&items,k),::aqueduct::operators::given::asynchronous_lending(&items,async|n|n),",
        ),
        (
            "iter(x) -> flatten_unordered(2) -> discard()",
            "operators::flatten_unordered(::aqueduct::operators::given::streams(s),2,plan.at(1usize))",
        ),
        ("iter(x) -> collect::<C<_>>()", "operators::collect::<C<_>,_,_,_,_,_,_>(s,plan.at(1usize))"),
        ("iter(x) -> collect()", "operators::collect(s,plan.at(1usize))"),
        ("iter(x)? -> discard()", "operators::try_items(s,plan.at(0usize))"),
        ("iter(x) -> write(w)", "__private::link(s,plan.edge(0usize))"),
        ("#![crate = a::b] iter(x) -> discard()", "lets=a::b::operators::iter(x,plan.at(0usize))"),
        ("#![name = n] #![queue = 4KiB] iter(x) -> discard()", "tasks:1usize},n,4096usize);"),
        ("iter(x) -> discard()", "tasks:1usize},\"pipeline\",256usize);"),
        ("iter(x) -> discard()", "::aqueduct::__private::pipeline(plan,o1,(k1,()))}"),
    ] {
        let given = expansion(text);
        assert!(given.contains(call), "{text}\n{given}");
    }
}

#[test]
fn a_broken_step_is_the_error() {
    let given = expansion("iter(x) -> mpa(f) -> map(|x| x.) -> discard()");
    assert!(given.contains("let_=s;lets=::core::compile_error!{"), "{given}");
    assert!(given.contains("operators::map(s,(|x|x.),plan.at(1usize))"), "{given}");
    assert!(given.ends_with("pipeline(plan,o2,(k2,()))}"), "{given}");
    assert_eq!(given.matches("compile_error").count(), 1);
}

/// What followed the error was checked against the items before it: `u64` had no method `len`.
#[test]
fn nothing_is_said_of_what_follows_a_missing_arrow() {
    let given = expansion("iter(x) windows(2) -> map(|w| w.len()) -> count()");
    assert!(given.contains("let_=s;lets=::core::compile_error!{"), "{given}");
    assert_eq!(given.matches("compile_error").count(), 1);
}

/// The arm was open as far as one could see, but no stream came to its end: the list of the fan-in's inputs was never begun.
#[test]
fn nothing_is_joined_where_all_arms_end_in_a_closed_block() {
    for text in [
        "iter(x) -> match { n => n -> match { n => n -> count() } -> then(f) } -> count()",
        "iter(x) -> parallel(2) { broadcast { count() } -> map(f) } -> count()",
    ] {
        let given = expansion(text);
        assert!(given.contains("compile_error") && !given.contains("operators::merge"), "{text}\n{given}");
    }
}

/// The operators behind it took a stream that was none: of another type, or no local at all.
#[test]
fn nothing_is_built_behind_a_sink() {
    for text in [
        "iter(x) -> count() -> then(f) -> discard()",
        "count(); -> -> then(f)",
        "iter(x) -> broadcast { count() } -> then(f)",
    ] {
        let given = expansion(text);
        assert!(given.contains("compile_error") && !given.contains("operators::then"), "{text}\n{given}");
    }
}

/// A queue that was named by a `let` was not the link that copies share.
#[test]
fn a_named_queue_is_shared_by_copies() {
    let text = "let a = iter(x) -> queue(4); a -> parallel(2) { map(f) } -> count()";
    assert_eq!(called(text), "iter queue::shared keep(n) take parallel { map link } merge count");
}

#[test]
fn errors_without_a_step_are_statements_of_their_own() {
    let given = expansion("#![quue = 3] iter(x) -> map(f) as a -> map(g) as a -> discard()");
    assert!(
        given.starts_with("{::core::compile_error!{\"unknownoption`quue`:didyoumean`queue`?\"};::core::compile_error!"),
        "{given}"
    );
    assert_eq!(given.matches("compile_error").count(), 2);
}

#[test]
fn graphs_are_whole() {
    let (graph, _) = passes("let (a, b) = iter(x) -> broadcast; a -> match { Ok(e) => e, Err(b) => b -> discard() } -> count(); merge(b, iter(y)) -> tap { count() } -> _".parse().unwrap());
    assert_eq!(
        draw(&graph),
        "flowchart LR
  n0[iter_1]
  n1{broadcast}
  n2{match}
  n3[discard]
  n4((join))
  n5[count_1]
  n6[merge]
  n7[iter_2]
  n8{tap}
  n9[count_2]
  n10((join))
  n11([out])
  n0 --> n1
  n2 --> n3
  n2 --> n4
  n1 --> n2
  n4 --> n5
  n1 -.-> n6
  n7 -.-> n6
  n8 --> n9
  n8 --> n10
  n6 --> n8
  n10 --> n11
"
    );
}
