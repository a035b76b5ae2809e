//! Plans of graphs: which tasks, links and calls each block, each fan-in and each segment becomes.

use super::{called, expansion, planned};
use crate::plan::render::render;

const CASES: &[&str] = &[
    // `match`
    "iter(x) -> match { 0 => 1 -> discard(), n => n -> map(f) -> count() }",
    "iter(x) -> match { 0 => 1, 2 => 3, n => n -> map(f) } -> count()",
    "iter(x) -> match { Err(e) => e -> queue(4) as rejects -> write(w), Ok(n) => n } -> map(f) -> count()",
    "iter(x) -> match { 0 => 1 -> then(f), n => n } -> map(g) -> count()",
    "iter(x) -> queue(9) -> match move { n if n > 3 => n -> count(), _ => 0 -> discard() }",
    // `broadcast`
    "iter(x) -> broadcast { count(), queue(3) -> discard() }",
    "iter(x) -> broadcast { map(f), map(g) } -> count()",
    "iter(x) -> broadcast { map_async(2, f), filter(g), discard() } -> queue(7) -> count()",
    // `tap`
    "iter(x) -> tap { count() } -> map(f) -> discard()",
    "iter(x) -> tap { queue(4, overflow = drop_oldest) -> batch(2, 1s) -> discard() } -> count()",
    // `parallel`
    "iter(x) -> parallel(3) { map(f) } -> count()",
    "iter(x) -> queue(8) -> parallel(3) { map_async(2, f) -> for_each(g) }",
    // Nested
    "iter(x) -> match { 0 => 1 -> broadcast { count(), map(f) }, n => n -> tap { discard() } } -> count()",
    "iter(x) -> parallel(2) { match { 0 => 1, n => n -> queue(2) -> map(f) } } -> broadcast { count(), discard() }",
    // Fan-ins
    "merge(iter(x), iter(y) -> map(f)) -> count()",
    "zip(iter(x) -> queue(4), iter(y), merge(iter(z), once(1))) -> map(f) -> count()",
    "let a = iter(x) -> map(f); prefer(a, iter(y)) -> count()",
    "interleave(iter(x), iter(y) -> batch(2, 1s)) -> queue(4) -> count()",
    // `concat` and what it holds back
    "concat(iter(x), iter(y)) -> count()",
    "concat(iter(x), iter(y) -> then(f), merge(iter(z), iter(w))) -> count()",
    "let (a, b) = iter(x) -> broadcast; a -> count(); concat(iter(y), b) -> count()",
    "concat(iter(x), concat(iter(y), iter(z))) -> count()",
    "concat(iter(x), iter(y) -> tap { discard() }) -> count()",
    // Copies with names
    "let (a, b) = iter(x) -> map(f) -> broadcast; a -> count(); b -> map(g) -> discard()",
    "let (a, b) = iter(x) -> broadcast; let (c, d) = b -> then(f) -> broadcast; zip(a, c) -> count(); d -> discard()",
    // Segments
    "_: u8 -> map(f) -> _",
    "_ -> batch(2, 1s) -> count()",
    "iter(x) -> match { 0 => 1, n => n -> discard() } -> _",
    "let (a, b) = _ -> broadcast; a -> count(); b -> _",
    "merge(_: u8, iter(x)) -> _",
];

/// `AQUEDUCT_PLANS=write` writes the file anew; read it before committing it.
#[test]
fn plans_are_as_they_were_read() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/driver/tests/plans.txt");
    let mut found = String::new();
    for text in CASES {
        let calls = called(text);
        let plan = planned(text);
        let drawn = render(&plan).lines().skip(1).map(|line| format!("{line}\n")).collect::<String>();
        found.push_str(&format!("{text}\n  calls: {calls}\n{drawn}\n"));
    }
    if std::env::var_os("AQUEDUCT_PLANS").is_some() {
        std::fs::write(file, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(file).unwrap();
    for (found, wanted) in found.split("\n\n").zip(wanted.split("\n\n")) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.len(), wanted.len());
}

#[test]
fn a_renamed_crate_is_not_called_by_its_own_name() {
    for case in CASES {
        let given = expansion(&format!("#![crate = ::renamed] {case}"));
        assert!(given.contains("::renamed::") && !given.contains("aqueduct"), "{case}\n{given}");
    }
}
