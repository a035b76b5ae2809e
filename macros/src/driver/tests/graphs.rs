//! What is refused of blocks, fan-ins, copies and open ends: the text, and the messages it gets, whole.

use super::refusals::refused;

#[test]
fn behind_a_block_whose_arms_are_all_closed() {
    refused(
        "iter(x) -> match { Ok(a) => a -> discard(), Err(e) => e -> discard() } -> map(f) -> discard()",
        &[
            "nothing can follow this `match`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "iter(x) -> broadcast { discard(), count() } -> map(f)",
        &[
            "nothing can follow this `broadcast`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "iter(x) -> broadcast { discard(), count() } -> _",
        &[
            "nothing can follow this `broadcast`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "iter(x) -> parallel(2) { count() } -> map(f) -> discard()",
        &[
            "nothing can follow this `parallel`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "iter(x) -> broadcast { broadcast { discard() } -> map(f), count() }",
        &[
            "nothing can follow this `broadcast`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "iter(x) -> broadcast { discard() } -> match { x => x -> count() }",
        &[
            "nothing can follow this `broadcast`: each of its arms ends in a sink; leave an arm open, or remove what comes after it",
        ],
    );
    refused(
        "let a = iter(x) -> broadcast { discard(), count() }; a -> count()",
        &["`a` names a chain that ended in the sink `broadcast`: remove `let a =`"],
    );
    refused(
        "iter(x) -> broadcast { discard() -> map(f), count() }",
        &["nothing can follow `discard`: it is a sink and ends the chain; remove what comes after it"],
    );
    refused(
        "merge(iter(x) -> discard(), iter(y)) -> count()",
        &[
            "`merge` takes streams, but this one has ended in `discard`: remove `-> discard`, or write it as a chain of its own",
        ],
    );
    refused(
        "let (a, b) = iter(x) -> discard(); a -> count(); b -> count()",
        &["`a` names a chain that ended in the sink `discard`: remove `let a =`"],
    );
}

#[test]
fn a_block_with_an_open_arm_at_the_end() {
    refused(
        "iter(x) -> broadcast { queue(4) }",
        &[
            "the chain ends in `broadcast`, of which an arm is open: end that arm or the chain with `-> discard()`, `-> for_each(f)` or another sink",
        ],
    );
    // What is wrong elsewhere is another mistake.
    refused(
        "iter(x) -> broadcast { map(f) }; iter(y) -> fitler(f) -> discard()",
        &[
            "unknown operator `fitler`: did you mean `filter`? (call a stage of your own by `via(…)`)",
            "the chain ends in `broadcast`, of which an arm is open: end that arm or the chain with `-> discard()`, `-> for_each(f)` or another sink",
        ],
    );
    refused(
        "iter(x) -> map()",
        &["`map` takes 1 argument, but 0 are given: write `map(f)` (see `aqueduct::operators::map`)"],
    );
    refused(
        "iter(x) -> tap { count() }",
        &["the chain ends in `tap`, which is not a sink: end it with `-> discard()`, `-> for_each(f)` or another sink"],
    );
}

#[test]
fn the_arm_of_a_tap() {
    refused(
        "iter(x) -> tap { filter(f) -> queue(2) } -> discard()",
        &[
            "the arm of `tap` ends in `queue`, which is not a sink: a `tap` gives nothing back; end its arm with `-> for_each(f)` or another sink",
        ],
    );
    refused(
        "iter(x) -> tap { map(f) } -> discard()",
        &[
            "the arm of `tap` ends in `map`, which is not a sink: a `tap` gives nothing back; end its arm with `-> for_each(f)` or another sink",
        ],
    );
    refused(
        "iter(x) -> tap { match { 0 => 1, x => x -> discard() } } -> discard()",
        &[
            "the arm of `tap` ends in `match`, which is not a sink: a `tap` gives nothing back; end its arm with `-> for_each(f)` or another sink",
        ],
    );
    refused("iter(x) -> tap { map(f) -> queue(4, overflow = block) -> count() } -> discard()", &[]);
    refused("iter(x) -> tap { broadcast { count() } } -> discard()", &[]);
    // It has ended before.
    refused(
        "iter(x) -> tap { count() -> map(f) -> map(g) } -> discard()",
        &["nothing can follow `count`: it is a sink and ends the chain; remove what comes after it"],
    );
    refused("iter(x) -> tap { } -> discard()", &["`tap` has no arms: write at least one"]);
    refused("iter(x) -> tap { count(), discard() } -> discard()", &["`tap` takes exactly one arm: remove the others"]);
    refused(
        "iter(x) -> tap { queue(4, overflow = block) -> count() } -> discard()",
        &["a `tap` never holds the main flow, so its link cannot be `block`: write `drop_newest` or `drop_oldest`"],
    );
    refused(
        "iter(x) -> tap { queue(4, overflow = fail) -> count() } -> discard()",
        &["a `tap` never holds the main flow, so its link cannot be `fail`: write `drop_newest` or `drop_oldest`"],
    );
    refused(
        "iter(x) -> tap { queue(4, low = 2) -> count() } -> discard()",
        &["`low` means nothing at the head of a `tap`, whose link never pauses: remove `low`"],
    );
    refused("iter(x) -> tap { queue(4, overflow = drop_oldest) -> count() } -> discard()", &[]);
    refused("iter(x) -> tap { queue(4) -> count() } -> discard()", &[]);
    refused("iter(x) -> tap { queue(bytes = 4KiB) -> count() } -> discard()", &[]);
    refused("iter(x) -> tap { latest() -> count() } -> discard()", &[]);
}

#[test]
fn arms() {
    refused(
        "iter(x) -> broadcast { iter(y) -> count(), discard() }",
        &["`iter` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
    refused(
        "iter(x) -> match { x => x -> merge(iter(y), iter(z)) -> count() }",
        &["`merge` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
    refused(
        "iter(x) -> parallel(2) { map(f), map(g) } -> count()",
        &["`parallel` takes exactly one arm: remove the others"],
    );
    refused("iter(x) -> parallel(2) { } -> count()", &["`parallel` has no arms: write at least one"]);
    refused("iter(x) -> parallel() { map(f) } -> count()", &["`parallel` is a block: write `parallel(n) { … }`"]);
    refused(
        "iter(x) -> parallel(7zz) { map(f) } -> count()",
        &["unknown unit `zz` in `7zz`: write one of `ns`, `us`, `ms`, `s`, `m`, `h`, `B`, `KiB`, `MiB`, `GiB`"],
    );
    refused("iter(x) -> parallel(0) { map(f) } -> count()", &["`n` of `parallel` is zero: write at least 1"]);
    refused("broadcast { count() }", &["`broadcast` cannot begin a chain: write a source before it"]);
    refused(
        "iter(x) -> broadcast { map(f) as a -> count(), map(g) as a -> discard() }",
        &["two stages are named `a`: give one of them another name by `as …`"],
    );
    refused(
        "iter(x) -> match { 0 => 1 -> map(f) as a, x => x } as a -> count()",
        &["two stages are named `a`: give one of them another name by `as …`"],
    );
}

#[test]
fn open_ends() {
    refused("_ -> _ -> count()", &["`_` stands only at the head or at the end of a chain: remove it here"]);
    refused(
        "_ -> count(); _ -> discard()",
        &[
            "a pipeline has one open start, but another chain begins with `_` too: share its items by `let (a, b) = _ -> broadcast;`",
        ],
    );
    refused(
        "iter(x) -> _; iter(y) -> _",
        &[
            "a pipeline has one open end, but another chain ends in `_` too: join the two by `merge(a, b) -> _`, or end this one with a sink",
        ],
    );
    refused(
        "merge(iter(x) -> _, iter(y)) -> count()",
        &["`_` stands only at the head or at the end of a chain: remove it here"],
    );
    refused(
        "iter(x) -> broadcast { map(f) -> _, count() }",
        &["`_` cannot stand in an arm: an arm without a sink is open by itself; remove `-> _`"],
    );
    refused(
        "iter(x) -> match { Ok(x) => x, Err(e) => e -> _ } -> count()",
        &["`_` cannot stand in an arm: an arm without a sink is open by itself; remove `-> _`"],
    );
    refused(
        "_ -> broadcast { _, count() }",
        &["`_` cannot stand in an arm: an arm without a sink is open by itself; remove `-> _`"],
    );
    refused("iter(x) -> _; iter(y) -> count()", &[]);
    refused("let (a, b) = _ -> broadcast; a -> count(); b -> _", &[]);
}

#[test]
fn links_beside_open_ends() {
    refused(
        "_ -> queue(4) -> count()",
        &[
            "`queue` cannot follow `_`: the link before a segment belongs to whoever uses it; write `queue` there, or `#![queue = n]`",
        ],
    );
    refused(
        "_: u8 -> latest() -> count()",
        &[
            "`latest` cannot follow `_`: the link before a segment belongs to whoever uses it; write `latest` there, or `#![queue = n]`",
        ],
    );
    refused(
        "iter(x) -> queue(4) -> _",
        &[
            "`queue` cannot stand before `_`: the link behind a segment belongs to whoever uses it; write `queue` there, or `#![queue = n]`",
        ],
    );
    refused(
        "iter(x) -> map(f) -> latest() -> _",
        &[
            "`latest` cannot stand before `_`: the link behind a segment belongs to whoever uses it; write `latest` there, or `#![queue = n]`",
        ],
    );
}

#[test]
fn links_at_the_heads_of_arms() {
    refused("iter(x) -> queue(3) -> broadcast { queue(4) -> count(), discard() }", &[]);
    refused("iter(x) -> queue(3) -> match { x => x -> queue(4) -> count() }", &[]);
    refused("iter(x) -> queue(3) -> tap { queue(4) -> count() } -> count()", &[]);
    refused("iter(x) -> queue(3) -> parallel(2) { queue(4) -> count() }", &[]);
    refused("iter(x) -> parallel(2) { map(f) -> queue(4) } -> queue(5) -> count()", &[]);
    refused(
        "iter(x) -> broadcast { queue(4) -> queue(5) -> count(), latest() -> queue(2) -> discard() }",
        &[
            "`queue` follows another link: there are never two in a row; remove one",
            "`queue` follows another link: there are never two in a row; remove one",
        ],
    );
    refused("iter(x) -> match { x => x -> queue(4), y => y -> map(f) } -> queue(5) -> count()", &[]);
    refused(
        "let a = iter(x) -> queue(4); a -> queue(5) -> discard()",
        &["`queue` follows another link: there are never two in a row; remove one"],
    );
    refused("let (a, b) = iter(x) -> queue(4) -> broadcast; a -> queue(3) -> count(); b -> discard()", &[]);
}

#[test]
fn a_question_mark_behind_what_cannot_fail() {
    refused("merge(iter(x), iter(y))? -> discard()", &["`?` after `merge`: nothing there can fail; remove the `?`"]);
    refused("zip(iter(x), iter(y))? -> discard()", &["`?` after `zip`: nothing there can fail; remove the `?`"]);
    refused(
        "iter(x) -> broadcast { map(f) }? -> discard()",
        &["`?` after `broadcast`: a block itself cannot fail; write the `?` after an operator in it or before it"],
    );
    refused(
        "iter(x) -> match { x => x }? -> discard()",
        &["`?` after `match`: a block itself cannot fail; write the `?` after an operator in it or before it"],
    );
    refused(
        "iter(x) -> tap { count() }? -> discard()",
        &["`?` after `tap`: a block itself cannot fail; write the `?` after an operator in it or before it"],
    );
    refused(
        "iter(x) -> parallel(2) { map(f) }? -> discard()",
        &["`?` after `parallel`: a block itself cannot fail; write the `?` after an operator in it or before it"],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast?; a -> discard(); b -> count()",
        &["`?` after `broadcast`: a block itself cannot fail; write the `?` after an operator in it or before it"],
    );
}

#[test]
fn fan_ins() {
    refused(
        "prefer(iter(x), iter(y), iter(z)) -> count()",
        &["`prefer` joins 2 streams, but 3 are given: join some of them by a fan-in of their own first"],
    );
    refused(
        "prefer(iter(x)) -> count()",
        &["`prefer` joins at least two streams, but 1 is given: write `prefer(a, b)`, or use the one as it is"],
    );
    refused(
        "merge() -> count()",
        &["`merge` joins at least two streams, but none is given: write `merge(a, b)`, or use the one as it is"],
    );
    refused(
        "merge(zip(iter(x)), iter(y)) -> count()",
        &["`zip` joins at least two streams, but 1 is given: write `zip(a, b)`, or use the one as it is"],
    );
    refused(
        "iter(x) -> merge(iter(y)) -> count()",
        &["`merge` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
    refused("merge -> count()", &["the operator `merge` needs parentheses: write `merge(…)`"]);
    refused(
        "merge(low = 3, iter(y)) -> count()",
        &["`low` cannot stand here: a fan-in takes streams only; remove `low = …`"],
    );
    refused(
        "merge(iter(x), iter(y)) -> merge(iter(x), iter(y)) -> count()",
        &["`merge` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
}

#[test]
fn copies_with_names() {
    refused(
        "let (a,) = iter(x) -> broadcast; a -> discard()",
        &["`broadcast` makes at least two copies: name them by `let (a, b) = …`, or remove `-> broadcast`"],
    );
    refused(
        "let () = iter(x) -> broadcast;",
        &["`broadcast` makes at least two copies: name them by `let (a, b) = …`, or remove `-> broadcast`"],
    );
    refused(
        "iter(x) -> map(f) -> broadcast",
        &[
            "`broadcast` without arms stands only at the end of a `let`: write `let (a, b) = chain -> broadcast;` or `broadcast { … }`",
        ],
    );
    refused(
        "iter(x) -> broadcast -> map(f) -> count()",
        &[
            "`broadcast` without arms stands only at the end of a `let`: write `let (a, b) = chain -> broadcast;` or `broadcast { … }`",
        ],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast -> map(f); a -> count(); b -> count()",
        &[
            "`broadcast` without arms stands only at the end of a `let`: write `let (a, b) = chain -> broadcast;` or `broadcast { … }`",
        ],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast { map(f) }; a -> count(); b -> count()",
        &["only copies are named together: end the chain with `-> broadcast`, or write one name"],
    );
}

#[test]
fn streams_in_fan_ins() {
    refused(
        "let a = iter(x); iter(y) -> broadcast { merge(a, iter(z)) -> count(), discard() }",
        &["`merge` is a source and begins a chain: end the chain before it, or use a stage here"],
    );
    refused(
        "let a = iter(x); merge(a, a) -> discard()",
        &[
            "the stream `a` is used twice, here and before: a stream is moved by use; copy it by `let (a, b) = a -> broadcast;`",
        ],
    );
    refused(
        "let a = iter(x); merge(a, iter(z)) -> discard(); a -> count()",
        &[
            "the stream `a` is used twice, here and before: a stream is moved by use; copy it by `let (a, b) = a -> broadcast;`",
        ],
    );
    refused(
        "merge(a, iter(z)) -> discard(); let a = iter(x);",
        &["the stream `a` is used before its `let`: move the `let` above this line"],
    );
    refused(
        "let (a, b) = iter(x) -> broadcast; a -> discard()",
        &["the stream `b` is never used: end it with `-> discard()`"],
    );
    refused(
        "let (a, b, c) = iter(x) -> broadcast; merge(a, b) -> discard()",
        &["the stream `c` is never used: end it with `-> discard()`"],
    );
}
