//! Every refusal: the text, and the messages it gets, whole.

use super::messages;

#[track_caller]
pub(super) fn refused(text: &str, wanted: &[&str]) {
    assert_eq!(messages(text), wanted, "{text}");
}

#[test]
fn operators() {
    refused(
        "itr(x) -> discard()",
        &["unknown operator `itr`: did you mean `iter`? (call a source of your own by `from(…)`)"],
    );
    refused(
        "iter(x) -> mpa(f) -> discard()",
        &["unknown operator `mpa`: did you mean `map`? (call a stage of your own by `via(…)`)"],
    );
    refused(
        "iter(x) -> frobnicate() -> discard()",
        &[
            "unknown operator `frobnicate`: see the list of operators in the documentation of `aqueduct` (call a stage of your own by `via(…)`)",
        ],
    );
    refused("iter(x) -> map -> discard()", &["the operator `map` needs parentheses: write `map(…)`"]);
    refused("iter -> discard()", &["the operator `iter` needs parentheses: write `iter(…)`"]);
    refused(
        "iter(x) -> my::stage() -> discard()",
        &["`my::stage` is not an operator: use your own source, stage or sink by `from(…)`, `via(…)` or `into(…)`"],
    );
    refused("iter(x) -> map::<u8>(f) -> discard()", &["`map` takes no types: remove `::<…>`"]);
}

#[test]
fn something_else_than_parentheses() {
    for text in ["map |x| x", "map { f }", "map < u8 > (f)", "map[f]", "map.f()"] {
        refused(&format!("iter(x) -> {text} -> discard()"), &["the operator `map` needs parentheses: write `map(…)`"]);
    }
}

#[test]
fn arrows() {
    for (text, found) in [
        ("iter(x) map(f) -> discard()", "map"),
        ("iter(x) -> map(f), -> discard()", ","),
        ("iter(x) -> discard() b", "b"),
        ("iter(x) -> count() #![queue = 1]", "#"),
        ("iter(x) -> map(f).await -> discard()", "."),
        ("merge(iter(x) map(f), iter(y)) -> discard()", "map"),
        ("iter(x) -> tap { map(f) count() } -> discard()", "count"),
    ] {
        refused(text, &[&format!("expected `->` or `;`, found `{found}`")]);
    }
}

#[test]
fn tries() {
    for name in ["chunks(2)", "batch(2, 1s)", "queue(2)"] {
        let word = name.split('(').next().unwrap();
        refused(
            &format!("iter(x) -> {name}? -> discard()"),
            &[&format!("`?` after `{word}`: nothing there can fail; remove the `?`")],
        );
    }
    refused("iter(x) -> count()?", &["`?` after `count`: nothing there can fail; remove the `?`"]);
}

#[test]
fn arguments() {
    refused(
        "iter(x) -> map() -> discard()",
        &["`map` takes 1 argument, but 0 are given: write `map(f)` (see `aqueduct::operators::map`)"],
    );
    refused(
        "iter(x) -> map_async(f) -> discard()",
        &[
            "`map_async` takes 2 arguments, but 1 is given: write `map_async(n, f)` (see `aqueduct::operators::map_async`)",
        ],
    );
    refused(
        "iter(x) -> queue(4, 2, low = 1) -> discard()",
        &[
            "`queue` takes 1 argument, but 2 are given: write `queue(n, bytes = …, capacity = …, role = …, low = …, overflow = …)` (see `aqueduct::operators::queue`)",
        ],
    );
    refused(
        "iter(x) -> discard(1)",
        &["`discard` takes no argument, but 1 is given: write `discard()` (see `aqueduct::operators::discard`)"],
    );
    refused("iter(x) -> queue(2, lwo = 1) -> discard()", &["`queue` has no argument `lwo`: did you mean `low`?"]);
    refused("iter(x) -> map(f, low = 1) -> discard()", &["`map` has no argument `low`: write `map(f)`"]);
    refused(
        "iter(x) -> map_async(n = 2, f) -> discard()",
        &["`n` of `map_async` is given by its place, not by name: write `map_async(n, f)`"],
    );
    refused("iter(x) -> queue(9, low = 1, low = 2) -> discard()", &["`low` is given twice: remove one"]);
    refused("iter(x) -> queue(9, low = ) -> discard()", &["`low` has no value: write `low = value`"]);
    refused(
        "iter(x) -> queue(9, bytes = 2) -> discard()",
        &["`queue` takes either `n` or `bytes = …`, not both: remove one"],
    );
    refused(
        "iter(x) -> queue(9, overflow = drop_oldst) -> discard()",
        &["`overflow` cannot be `drop_oldst`: did you mean `drop_oldest`?"],
    );
    refused("iter(x, ) -> map(, f) -> discard()", &["an argument is missing before this `,`"]);
}

#[test]
fn numbers() {
    refused("iter(x) -> queue(0, low = 0) -> discard()", &["`n` of `queue` is zero: write at least 1"]);
    refused("iter(x) -> queue(0) -> discard()", &["`n` of `queue` is zero: write at least 1"]);
    refused("iter(x) -> queue(bytes = 0KiB) -> discard()", &["`bytes` of `queue` is zero: write at least 1"]);
    refused(
        "iter(x) -> batch(1, 0s) -> discard()",
        &["`period` of `batch` is zero: write a longer time, such as `1ms`"],
    );
    refused("lines(x, max = 0) -> discard()", &["`max` of `lines` is zero: write at least 1"]);
    refused("iter(x) -> windows(0) -> discard()", &["`n` of `windows` is zero: write at least 1"]);
    refused("iter(x) -> step_by(0) -> discard()", &["`n` of `step_by` is zero: write at least 1"]);
    refused("iter(x) -> take(0) -> skip(0) -> discard()", &[]);
    refused("#![queue = 0] iter(x) -> discard()", &["`queue` is zero: a link holds at least 1 item"]);
    refused("#![stall = 0s] iter(x) -> discard()", &["`stall` is zero: write a longer time, such as `30s`"]);
    refused("interval(1sec) -> discard()", &["unknown unit `sec` in `1sec`: did you mean `s`?"]);
    refused(
        "interval(0x1s) -> discard()",
        &["`0x1s` has a unit, so its number is written in decimal digits, as in `250ms` or `1.5s`"],
    );
    refused(
        "interval(1.5ns) -> discard()",
        &["`1.5ns` is not a whole number of nanoseconds: write a smaller unit or a whole number"],
    );
    refused("interval(99999999h) -> discard()", &["`99999999h` is too large: write a smaller number"]);
    refused(
        "iter(x) -> queue(4, low = 4) -> discard()",
        &[
            "`low` is 4, which is not below the capacity 4: write a smaller mark, or leave `low` out for half the capacity",
        ],
    );
    refused(
        "iter(x) -> queue(4, low = 1, overflow = fail) -> discard()",
        &["`low` means nothing with `overflow = fail`, which never pauses: remove `low`"],
    );
    refused("iter(x) -> queue(4, low = 1, overflow = block) -> discard()", &[]);
}

#[test]
fn places() {
    refused(
        "map(f) -> discard()",
        &["`map` is a stage and cannot begin a chain: write a source before it, as in `iter(…) -> map(f)`"],
    );
    refused(
        "discard()",
        &["`discard` is a sink and cannot begin a chain: write a source before it, as in `iter(…) -> discard()`"],
    );
    refused(
        "iter(x) -> iter(y) -> discard()",
        &["`iter` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
    refused(
        "iter(x) -> discard() -> map(f)",
        &["nothing can follow `discard`: it is a sink and ends the chain; remove what comes after it"],
    );
    refused(
        "iter(x) -> map(f)",
        &["the chain ends in `map`, which is not a sink: end it with `-> discard()`, `-> for_each(f)` or another sink"],
    );
    refused(
        "iter(x)",
        &[
            "the chain ends in `iter`, which is not a sink: end it with `-> discard()`, `-> for_each(f)` or another sink",
        ],
    );
    refused("iter(x) ->", &["`->` leads nowhere: write an operator after it, as in `-> map(f)`"]);
    refused(
        "0..3 -> discard()",
        &[
            "a chain cannot begin with `0`: begin it with a source such as `iter(…)` or `from(…)`, or with the name of a stream",
        ],
    );
    refused("iter(x) -> queue(4)", &["`queue` at the end leads nowhere: write a sink after it"]);
    refused(
        "iter(x) -> queue(4) -> queue(5) -> discard()",
        &["`queue` follows another link: there are never two in a row; remove one"],
    );
    refused("iter(x) -> _ -> discard()", &["`_` stands only at the head or at the end of a chain: remove it here"]);
    refused(
        "iter(x) -> tap { _ } -> discard()",
        &["`_` cannot stand in an arm: an arm without a sink is open by itself; remove `-> _`"],
    );
    refused("let a = iter(x) -> _; a -> discard()", &["`a` names a chain that ends in `_`: remove `-> _`"]);
}

#[test]
fn times() {
    refused(
        "iter(x) -> debounce(5) -> discard()",
        &["`d` of `debounce` is a time, but `5` is none: write its unit, as in `5ms` or `5s`"],
    );
    refused(
        "interval(0) -> discard()",
        &["`period` of `interval` is a time, but `0` is none: write its unit, as in `10ms` or `10s`"],
    );
    refused(
        "iter(x) -> batch(1s, 4KiB) -> discard()",
        &[
            "`n` of `batch` is a count, but `1s` is a time: write `batch(n, period, bytes = …)`",
            "`period` of `batch` is a time, but `4KiB` is none: write its unit, as in `4ms` or `4s`",
        ],
    );
    refused("iter(x) -> batch(n, period) -> delay(d) -> timeout(1s) -> discard()", &[]);
}

#[test]
fn streams() {
    refused(
        "let a = iter(x); iter(y) -> fitler(f) -> discard()",
        &[
            "unknown operator `fitler`: did you mean `filter`? (call a stage of your own by `via(…)`)",
            "the stream `a` is never used: end it with `-> discard()`",
        ],
    );
    refused("let a = iter(x); iter(y) -> discard()", &["the stream `a` is never used: end it with `-> discard()`"]);
    refused(
        "let a = iter(x); a -> discard(); a -> count()",
        &[
            "the stream `a` is used twice, here and before: a stream is moved by use; copy it by `let (a, b) = a -> broadcast;`",
        ],
    );
    refused(
        "a -> discard(); let a = iter(x);",
        &["the stream `a` is used before its `let`: move the `let` above this line"],
    );
    refused(
        "let a = iter(x); let a = iter(y); a -> discard()",
        &["the name `a` is bound twice: give one of the two streams another name"],
    );
    refused(
        "let words = iter(x); wrods -> discard(); words -> count()",
        &["no stream is named `wrods`: did you mean `words`?"],
    );
    refused(
        "events -> discard()",
        &["no stream is named `events`: name one by `let events = …;`, or write `from(events)`"],
    );
    refused("let a = iter(x) -> discard();", &["`a` names a chain that ended in the sink `discard`: remove `let a =`"]);
    refused(
        "let (a, b) = iter(x) -> map(f); a -> discard(); b -> discard()",
        &["only copies are named together: end the chain with `-> broadcast`, or write one name"],
    );
    refused(
        "let a = iter(x); iter(y) -> a -> discard()",
        &["`a` is a stream: it stands only at the head of a chain, as in `a -> …`"],
    );
}

#[test]
fn names() {
    refused("iter(x) as a -> discard() as a", &["two stages are named `a`: give one of them another name by `as …`"]);
    refused(
        "iter(x) -> map(f) as iter -> discard()",
        &["`iter` is already the name of the stage `iter`: choose another name after `as`"],
    );
    refused(
        "iter(x) -> map(f) as map_2 -> map(f) -> map(f) -> discard()",
        &["`map_2` is already the name of the stage `map`: choose another name after `as`"],
    );
    refused("iter(x) -> map(f) as map -> discard()", &[]);
}

#[test]
fn blocks() {
    refused("iter(x) -> match { }", &["`match` has no arms: write at least one"]);
    refused("iter(x) -> broadcast { }", &["`broadcast` has no arms: write at least one"]);
    refused(
        "iter(x) -> broadcast",
        &[
            "`broadcast` without arms stands only at the end of a `let`: write `let (a, b) = chain -> broadcast;` or `broadcast { … }`",
        ],
    );
    refused(
        "let a = iter(x) -> broadcast; a -> discard()",
        &["`broadcast` makes at least two copies: name them by `let (a, b) = …`, or remove `-> broadcast`"],
    );
    refused("iter(x) -> tap(f) -> discard()", &["`tap` is a block: write `tap { … }`"]);
    refused("iter(x) -> parallel(2) -> discard()", &["`parallel` is a block: write `parallel(n) { … }`"]);
    refused(
        "merge(iter(x)) -> discard()",
        &["`merge` joins at least two streams, but 1 is given: write `merge(a, b)`, or use the one as it is"],
    );
    let deep = format!("iter(x) -> {}discard(){}", "broadcast { ".repeat(70), " }".repeat(70));
    assert!(messages(&deep).iter().any(|message| message.starts_with("blocks nested deeper than 64")));
}

#[test]
fn options() {
    refused(
        "#![queue = 5zz] iter(x) -> discard()",
        &["unknown unit `zz` in `5zz`: write one of `ns`, `us`, `ms`, `s`, `m`, `h`, `B`, `KiB`, `MiB`, `GiB`"],
    );
    refused("#![quue = 4] iter(x) -> discard()", &["unknown option `quue`: did you mean `queue`?"]);
    refused(
        "#![color = 4] iter(x) -> discard()",
        &["unknown option `color`: there are `queue`, `name`, `crate` and `stall`"],
    );
    refused("#![queue = 4] #![queue = 5] iter(x) -> discard()", &["the option `queue` is given twice: remove one"]);
    refused(
        "#![crate = 4] iter(x) -> discard()",
        &["`crate` takes the path of the runtime crate, as in `#![crate = ::aqueduct]`"],
    );
    refused(
        "#![stall = 30] iter(x) -> discard()",
        &["`stall` is a time, but `30` is none: write its unit, as in `30ms` or `30s`"],
    );
    refused(
        "#![stall = 64KiB] iter(x) -> discard()",
        &["`stall` is a time, but `64KiB` is none: write its unit, as in `64ms` or `64s`"],
    );
    let part =
        "`stall` watches a whole pipeline, and this is a part of one: write it in the pipeline that uses this segment";
    refused("#![stall = 1s] iter(x) -> _", &[part]);
    refused("#![stall = 1s] _: u8 -> discard()", &[part]);
    refused("#![stall = 1s] iter(x) -> discard()", &[]);
}

#[test]
fn all_at_once() {
    refused(
        "iter(x) -> mpa(f) -> queue(0) -> map(f)? as a -> fitler(f) -> count()? as a",
        &[
            "unknown operator `mpa`: did you mean `map`? (call a stage of your own by `via(…)`)",
            "unknown operator `fitler`: did you mean `filter`? (call a stage of your own by `via(…)`)",
            "`?` after `count`: nothing there can fail; remove the `?`",
            "`n` of `queue` is zero: write at least 1",
            "two stages are named `a`: give one of them another name by `as …`",
        ],
    );
}
