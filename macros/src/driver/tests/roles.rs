//! Queues that a broker keeps, and the roles they cut a pipeline into: what each part becomes, and what is refused.

use super::{called, expansion, messages};

#[test]
fn without_the_option_a_queue_that_a_broker_keeps_is_a_link() {
    assert_eq!(
        called(r#"iter(x) -> queue(q, capacity = 100, low = 50, role = "work") -> map(f) -> count()"#),
        "iter queue::capacity map count"
    );
}

#[test]
fn each_part_has_its_steps() {
    assert_eq!(
        called(r#"#![role = r] iter(x) -> queue(q, capacity = 100, role = "work") as orders -> map(f) -> count()"#),
        "iter publish part 1: fetch map count"
    );
}

#[test]
fn a_part_is_made_where_its_text_stands_and_after_those_above_it() {
    // The steps of a part are put together by the expansion, whatever stands between them.
    assert_eq!(
        called(
            r#"#![role = r]
            let a = iter(x) -> queue(q, capacity = 100, role = "work") -> map(f);
            iter(y) -> count();
            a -> count()"#
        ),
        "iter publish part 1: fetch map keep(n) part 0: iter count part 1: take count"
    );
    let text = expansion(
        r#"#![role = r]
        let a = iter(x) -> queue(q, capacity = 100, role = "work") -> map(f);
        iter(y) -> count();
        a -> count()"#,
    );
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("no `{word}` in {text}"));
    assert!(place("iter(y") < place("fetch("), "{text}");
    assert!(
        place("plan.roles(r,&[\"ingest\",\"work\"],&[0usize,1usize,0usize,0usize,1usize]);") < place("iter(x"),
        "{text}"
    );
}

#[test]
fn an_arm_may_be_cut() {
    assert_eq!(
        called(
            r#"#![role = r] iter(x) -> match {
                Err(e) => e -> queue(q, capacity = 64, role = "rejects") -> count(),
                Ok(n) => n,
            } -> count()"#
        ),
        "iter cases case publish part 1: fetch count part 0: closed case open route/2 count"
    );
}

#[test]
fn three_roles_one_after_the_other() {
    assert_eq!(
        called(
            r#"#![role = r] iter(x) -> queue(q, capacity = 64, role = "enrich") -> map(f)
                -> queue(p, capacity = 64, role = "store") -> count()"#
        ),
        "iter publish part 1: fetch map publish part 2: fetch count"
    );
}

#[track_caller]
fn refused(text: &str, begins: &str) {
    let given = messages(text);
    assert!(matches!(&given[..], [one] if one.starts_with(begins)), "{text}\n{given:#?}");
}

#[test]
fn what_is_no_cut_is_refused() {
    refused("iter(x) -> queue(q, capacity = 64, role = work) -> count()", "a role is named by a string");
    refused(r#"iter(x) -> queue(q, capacity = 64, role = "") -> count()"#, "a role is named by a string");
    refused(r#"iter(x) -> queue(9, role = "work") -> count()"#, "a queue in memory stays in its process");
    refused("#![role = r] iter(x) -> count()", "nothing here is cut into roles");
    refused("#![role = r] iter(x) -> queue(q, capacity = 64) -> count()", "nothing here is cut into roles");
    refused(
        r#"#![role = r] iter(x) -> queue(q, capacity = 64, role = "work") -> map(f) -> _"#,
        "`role` chooses a part of a whole",
    );
}

#[test]
fn a_queue_that_a_broker_keeps_is_refused_where_it_cannot_be() {
    refused("iter(x) -> tap { queue(q, capacity = 64) -> count() } -> count()", "what a `tap` begins with loses items");
    refused(
        "iter(x) -> queue(q, capacity = 64) -> parallel(2) { count() }",
        "the copies of a `parallel` share a queue",
    );
    refused(
        "iter(x) -> queue(q, capacity = 64, overflow = fail) -> count()",
        "a queue that is kept elsewhere counts items, and pauses",
    );
    refused(
        "_ -> map(f) -> queue(q, capacity = 64) -> map(g) -> _",
        "a queue that is kept elsewhere cannot stand in a segment",
    );
    refused("iter(x) -> queue(q, capacity = 0) -> count()", "`capacity` of `queue` is zero");
}

#[test]
fn parts_stay_apart() {
    refused(
        r#"let (a, b) = iter(x) -> broadcast; zip(a -> queue(q, capacity = 64, role = "work"), b) -> count()"#,
        "streams of two roles meet in `zip`, `work` and `ingest`",
    );
    refused(
        r#"iter(x) -> queue(q, capacity = 64, role = "ingest") -> count()"#,
        "what comes to this queue is of the role `ingest` already",
    );
    refused(
        r#"iter(x) -> queue(q, capacity = 64, role = "work") -> map(f) -> queue(p, capacity = 64, role = "ingest") -> count()"#,
        "items have left the role `ingest` already",
    );
    refused(
        r#"iter(x) -> parallel(2) { map(f) -> queue(q, capacity = 64, role = "work") -> count() }"#,
        "a copy of the arm of a `parallel` is no role of its own",
    );
    // Behind it, it is one stream again.
    assert_eq!(
        messages(r#"iter(x) -> parallel(2) { map(f) } -> queue(q, capacity = 64, role = "work") -> count()"#),
        [""; 0]
    );
    // Two that come from the same role may meet.
    assert_eq!(
        messages(
            r#"merge(iter(x) -> queue(q, capacity = 64, role = "work"), iter(y) -> queue(p, capacity = 64, role = "work")) -> count()"#
        ),
        [""; 0]
    );
}
