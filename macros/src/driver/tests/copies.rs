//! Copies that meet again (F6): what is accepted, what is refused and in which words.

use super::messages;

const AHEAD: &str = "copies of one stream meet in `zip`, where `a` runs";
const SEVERAL: &str = "copies of several streams meet in `zip` and in other fan-ins, ";
const UNKNOWN: &str = "copies of one stream meet in";

/// The inputs of a fan-in of two copies.
fn met(fan_in: &str, a: &str, b: &str) -> Vec<String> {
    messages(&format!("let (a, b) = iter(x) -> broadcast; {fan_in}({a}, {b}) -> discard()"))
}

#[track_caller]
fn accepted(text: &str) {
    assert_eq!(messages(text), [""; 0], "{text}");
}

#[track_caller]
fn refused(text: &str, begin: &[&str]) {
    let given = messages(text);
    assert_eq!(given.len(), begin.len(), "{text}\n{given:#?}");
    for (given, begin) in given.iter().zip(begin) {
        assert!(given.starts_with(begin), "{text}\n{given}");
    }
}

#[test]
fn one_for_one_meets_in_zip_and_interleave() {
    for fan_in in ["zip", "interleave"] {
        for branch in [
            "a",
            "a -> map(f)",
            "a -> map(f) -> inspect(g) -> enumerate() -> scan(0, f)",
            "a -> queue(1) -> map_async(4, f)?",
            "a -> map_async_unordered(4, f) -> queue(bytes = 4KiB) -> delay(1s)",
            "a -> take(3)",
            "a -> take_while(f)",
            "a -> skip(0) -> windows(1)",
            "a -> tap { filter(f) -> count() }",
            "a -> broadcast { count(), map(f) }",
            "zip(a, iter(y))",
            "zip(iter(y) -> filter(f), a)",
        ] {
            assert_eq!(met(fan_in, branch, "b"), [""; 0], "{fan_in} {branch}");
            assert_eq!(met(fan_in, "b -> then(f)", branch), [""; 0], "{fan_in} {branch}");
        }
    }
}

#[test]
fn a_branch_that_is_ahead_needs_a_link_that_drains() {
    for skipping in ["b -> skip(129)", "b -> windows(130)", "b -> skip(100) -> map(f) -> windows(30)"] {
        assert_eq!(
            met("zip", "a", skipping),
            [
                "copies of one stream meet in `zip`, where `a` runs 129 items ahead, more than a link drains at: let it come through \
              `queue(258, low = 129)`, or compute both in one `map`"
            ],
            "{skipping}"
        );
        assert!(
            met("interleave", "a", skipping)[0]
                .starts_with("copies of one stream meet in `interleave`, where `a` runs 129")
        );
        for cured in [
            "a -> queue(258, low = 129)",
            "a -> queue(258)",
            "a -> queue(130, low = 129) -> map(f)",
            "a -> map(f) -> queue(258) -> map_async(2, f)",
            "a -> map_async(2, f)",
            "a -> skip(1)",
            "a -> queue(1, overflow = fail)",
            "a -> windows(130)",
        ] {
            assert_eq!(met("zip", cured, skipping), [""; 0], "{cured} {skipping}");
        }
        for not_cured in [
            "a -> queue(258, low = 128)",
            "a -> queue(256)",
            "a -> queue(n)",
            "a -> queue(bytes = 4KiB)",
            "a -> queue(400, low = n)",
        ] {
            assert_eq!(met("zip", not_cured, skipping).len(), 1, "{not_cured} {skipping}");
        }
    }
    // The branch that skips waits for nothing.
    accepted("let (a, b) = iter(x) -> broadcast; zip(a, b -> queue(1) -> skip(128)) -> discard()");
    refused("#![queue = 10] let (a, b) = iter(x) -> broadcast; zip(a, b -> skip(6)) -> discard()", &[AHEAD]);
    accepted("#![queue = 10] let (a, b) = iter(x) -> broadcast; zip(a, b -> skip(5)) -> discard()");
    refused("#![queue = n] let (a, b) = iter(x) -> broadcast; zip(a, b -> skip(1)) -> discard()", &[AHEAD]);
    assert!(
        messages("#![queue = 1] let (a, b) = iter(x) -> broadcast; zip(a, b -> skip(1)) -> discard()")[0].contains(
            "where `a` runs 1 item ahead, more than a link drains at: let it come through `queue(2, low = 1)`"
        )
    );
}

#[test]
fn a_tap_is_held_by_its_stream_and_not_by_its_arm() {
    assert_eq!(met("zip", "a -> tap { count() }", "b"), [""; 0]);
    let given = met("zip", "a -> tap { count() }", "b -> skip(300)");
    assert!(matches!(&given[..], [one] if one.starts_with(AHEAD)), "{given:#?}");
}

#[test]
fn all_that_wait_are_named_at_once() {
    let given = messages("let (a, b, c) = iter(x) -> broadcast; zip(a, b -> skip(300), c -> skip(50)) -> discard()");
    assert_eq!(
        given,
        [
            "copies of one stream meet in `zip`, where `a` and `c` run 300 items ahead, more than a link drains at: let each of them come \
          through `queue(600, low = 300)`, or compute both in one `map`"
        ]
    );
}

#[test]
fn a_number_that_is_not_known() {
    for fan_in in ["zip", "interleave"] {
        for branch in [
            "filter(f)",
            "filter_map(f)",
            "filter_async(f)",
            "dedup()",
            "dedup_by_key(f)",
            "skip_while(f)",
            "step_by(2)",
            "chunks(2)",
            "batch(2, 1s)",
            "ready_chunks(2)",
            "debounce(1s)",
            "sample(1s)",
            "conflate(f)",
            "latest()",
            "queue(2, overflow = drop_oldest)",
            "match { Ok(x) => x, Err(e) => e -> discard() }",
        ] {
            let word = branch.split(['(', ' ']).next().unwrap();
            assert_eq!(
                met(fan_in, "a", &format!("b -> {branch}")),
                [format!(
                    "copies of one stream meet in `{fan_in}`, but how many items `{word}` gives is not known: `a` may wait for ever and hold \
                     the stream; compute both in one `map`, or let it begin with `queue(n, overflow = fail)`"
                )]
            );
            assert_eq!(met(fan_in, "a -> queue(9, overflow = fail)", &format!("b -> {branch}")), [""; 0], "{branch}");
        }
        for branch in [
            "flat_map(f)",
            "flatten()",
            "flatten_unordered(2)",
            "via(t)",
            "parallel(2) { map(f) }",
            "broadcast { map(f), map(g) } -> filter(f)",
        ] {
            let given = met(fan_in, "a", &format!("b -> {branch}"));
            assert_eq!(given.len(), 1, "{branch}");
            assert!(given[0].contains("`a` and `b` may wait for ever"), "{given:?}");
            let cured = format!("b -> queue(2, overflow = fail) -> {branch}");
            assert_eq!(met(fan_in, "a -> queue(9, overflow = fail)", &cured), [""; 0], "{branch}");
        }
        assert_eq!(
            met(fan_in, "b -> skip(n + 1)", "a"),
            [format!(
                "copies of one stream meet in `{fan_in}`, but how many items `skip` keeps back is not known here: `a` may wait for ever and \
                 hold the stream; write a literal in `skip`, compute both in one `map`, or let it begin with `queue(n, overflow = fail)`"
            )]
        );
    }
}

#[test]
fn what_loses_items_leaves_the_others_waiting() {
    assert_eq!(met("zip", "a", "b -> latest()").len(), 1);
    assert_eq!(met("zip", "a -> latest()", "b -> queue(3, overflow = drop_newest)"), [""; 0]);
    assert_eq!(met("zip", "a -> queue(3, overflow = fail)", "b -> latest()"), [""; 0]);
}

#[test]
fn concat_takes_no_copies() {
    assert_eq!(
        met("concat", "a", "b"),
        [
            "copies of one stream meet in `concat`, where `b` must wait for the end of the one before and hold the stream: write `merge` \
          instead, or let it begin with `queue(n, overflow = fail)`"
        ]
    );
    assert_eq!(met("concat", "a", "b -> queue(100000)").len(), 1);
    for cured in [
        "b -> queue(4, overflow = fail)",
        "b -> latest()",
        "b -> queue(4, overflow = drop_newest)",
        "b -> map(f) -> queue(4, overflow = fail)",
    ] {
        assert_eq!(met("concat", "a", cured), [""; 0], "{cured}");
    }
    refused(
        "let (a, b, c) = iter(x) -> broadcast; concat(a, iter(y), b, c) -> discard()",
        &["copies of one stream meet in `concat`, where `b` and `c` must"],
    );
    accepted("let (a, b) = iter(x) -> broadcast; a -> discard(); concat(b, iter(y)) -> discard()");
}

#[test]
fn merge_and_prefer_need_no_rule() {
    for fan_in in ["merge", "prefer"] {
        for branch in ["b", "b -> filter(f)", "b -> flat_map(f)", "b -> skip(1000)", "b -> latest()"] {
            assert_eq!(met(fan_in, "a", branch), [""; 0], "{fan_in} {branch}");
        }
    }
}

#[test]
fn by_way_of_others() {
    // Through fan-ins.
    refused(
        "let (a, b) = iter(x) -> broadcast; zip(merge(a, iter(y)), b) -> discard()",
        &["copies of one stream meet in `zip`, but how many items `merge` gives is not known: `merge` may"],
    );
    refused("let (a, b) = iter(x) -> broadcast; zip(concat(a, iter(y)), b) -> discard()", &[UNKNOWN]);
    refused("let (a, b, c) = iter(x) -> broadcast; zip(interleave(a, b), c) -> discard()", &[UNKNOWN]);
    accepted("let (a, b, c) = iter(x) -> broadcast; zip(zip(a, b), c) -> discard()");
    refused(
        "let (a, b, c) = iter(x) -> broadcast; zip(zip(a -> queue(600), b -> skip(300)), c) -> discard()",
        &["copies of one stream meet in `zip`, where `c` runs 300 items"],
    );
    accepted(
        "let (a, b, c) = iter(x) -> broadcast; zip(zip(a -> queue(600), b -> skip(300)), c -> queue(600)) -> discard()",
    );
    // Only the inner one is at fault, and only it is reported.
    refused(
        "let (a, b, c) = iter(x) -> broadcast; zip(zip(a, b -> filter(f)), c -> queue(9, overflow = fail)) -> discard()",
        &[UNKNOWN],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast; let (c, d) = zip(a, b -> filter(f)) -> broadcast; zip(c, d) -> discard()",
        &[UNKNOWN],
    );
    // Through other copies.
    accepted("let (a, b) = iter(x) -> broadcast; let (c, d) = b -> broadcast; zip(a, c, d -> map(f)) -> discard()");
    refused(
        "let (a, b) = iter(x) -> broadcast; let (c, d) = b -> skip(300) -> broadcast; d -> discard(); zip(a, c) -> discard()",
        &[AHEAD],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast; let (c, d) = b -> broadcast; zip(a, c) -> count(); zip(d -> filter(f), iter(y)) -> discard()",
        &[],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast; let c = b -> filter(f); let d = c -> map(g); zip(a, d) -> discard()",
        &[UNKNOWN],
    );
}

#[test]
fn in_a_circle_of_several_streams() {
    let text = |a: &str, b: &str, c: &str, d: &str| {
        format!(
            "let (a, b) = iter(x) -> broadcast; let (c, d) = iter(y) -> broadcast; zip(a{a}, c{c}) -> count(); zip(b{b}, d{d}) -> count()"
        )
    };
    accepted(&text("", "", "", ""));
    accepted(&text(" -> map(f)", " -> map_async(2, f)", "", ""));
    refused(&text(" -> filter(f)", "", "", ""), &[SEVERAL]);
    accepted(&text(" -> filter(f)", "", " -> queue(9, overflow = fail)", ""));
    // Both links can be full at once.
    refused(&text(" -> skip(300)", "", "", " -> skip(300)"), &[SEVERAL]);
    accepted(&text(" -> skip(128)", "", "", " -> skip(128)"));
    // No end of what runs ahead in a circle, seen from outside of it.
    refused(
        "let (a, b, e) = iter(x) -> broadcast; let (c, d, g) = iter(y) -> broadcast; \
         zip(e, g) -> count(); zip(a -> skip(300), c) -> count(); zip(b, d -> skip(300)) -> count()",
        &[SEVERAL, SEVERAL],
    );
    // A `concat` that holds its first input does not wait for it.
    accepted(
        "let (a, b, e) = iter(x) -> broadcast; let (c, d) = iter(y) -> broadcast; \
         concat(a, iter(z)) -> count(); zip(b, d) -> count(); zip(c, e) -> count()",
    );
    // What one waits for, the other has.
    accepted(&text(" -> skip(300)", " -> skip(300)", "", ""));
}

#[test]
fn where_there_is_another_mistake_nothing_is_said() {
    refused("let (a, b) = iter(x) -> broadcast; zip(a, b -> fitler(f)) -> discard()", &["unknown operator"]);
    refused("let (a, b) = iter(x) -> broadcast; zip(a, b -> skip(200, 2)) -> discard()", &["`skip` takes"]);
}
