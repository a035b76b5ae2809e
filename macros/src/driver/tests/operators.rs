//! Each operator by a line or two: which flavour a text calls, which zeros it refuses, what is suggested for a slip of the pen.

use super::{called, messages};
use crate::operators::{Kind, all, find};

/// Each asynchronous operator that takes a function, with what stands before the function, and the rest of the chain.
const ASYNCHRONOUS: [(&str, &str); 5] = [
    ("then", ""),
    ("map_async", "2, "),
    ("map_async_unordered", "2, "),
    ("map_async_keyed", "2, k, "),
    ("filter_async", ""),
];

#[test]
fn an_async_closure_chooses_the_lending_flavour() {
    let lending = [
        "async |a| a",
        "async move |a| a",
        "async || a",
        "async |(a, b): (A, B)| -> C { a }",
        "async |a| a.b(|c| c).await",
    ];
    let plain =
        ["|a| async { a }", "move |a| async move { a }", "f", "async_fn", "Self::f", "|a| g(a)", "f(async |a| a)"];
    for (name, before) in ASYNCHRONOUS {
        for function in lending {
            let text = format!("iter(x) -> {name}({before}{function}) -> discard()");
            assert_eq!(called(&text), format!("iter link {name}::lending discard"), "{text}");
            let text = format!("iter(x) -> {name}({before}{function})? as named -> discard()");
            assert_eq!(called(&text), format!("iter link {name}::lending ? discard"), "{text}");
        }
        for function in plain {
            let text = format!("iter(x) -> {name}({before}{function}) -> discard()");
            assert_eq!(called(&text), format!("iter link {name} discard"), "{text}");
            let text = format!("iter(x) -> {name}({before}{function})? -> discard()");
            assert_eq!(called(&text), format!("iter link {name} ? discard"), "{text}");
        }
    }
    for function in lending {
        assert_eq!(called(&format!("iter(x) -> for_each_async(2, {function})")), "iter link for_each_async::lending");
        assert_eq!(
            called(&format!("iter(x) -> for_each_async(2, {function})?")),
            "iter link for_each_async::tried_lending"
        );
        assert_eq!(called(&format!("unfold(x, {function})? -> discard()")), "unfold::lending ? discard");
    }
    for function in plain {
        assert_eq!(called(&format!("iter(x) -> for_each_async(2, {function})")), "iter link for_each_async");
        assert_eq!(called(&format!("iter(x) -> for_each_async(2, {function})?")), "iter link for_each_async::tried");
        assert_eq!(called(&format!("unfold(x, {function}) -> discard()")), "unfold discard");
    }
}

#[test]
fn an_async_closure_chooses_nothing_where_no_future_is_wanted() {
    for (text, calls) in [
        ("iter(x) -> map_async(async |a| a, f) -> discard()", "iter link map_async discard"),
        ("repeat_with(async || a) -> discard()", "repeat_with discard"),
        ("iter(x) -> take_until(async { a }) -> discard()", "iter link take_until discard"),
        ("iter(x) -> take_until(async move { a })? -> discard()", "iter link take_until ? discard"),
    ] {
        assert_eq!(called(text), calls, "{text}");
    }
}

#[test]
fn an_async_closure_is_refused_where_nobody_runs_its_futures() {
    let refused = |text: &str, name: &str, hint: &str| {
        let message = format!("`{name}` runs no futures, so its function cannot be `async`: {hint}");
        assert_eq!(messages(text), [message], "{text}");
    };
    for (name, before) in [("map", ""), ("map_blocking", "2, ")] {
        let text = format!("iter(x) -> {name}({before}async |a| a) -> discard()");
        refused(&text, name, "write `then(f)` or `map_async(n, f)`");
    }
    refused("iter(x) -> filter(async move |a| a) -> discard()", "filter", "write `filter_async(f)`");
    refused("iter(x) -> for_each(async |a| a)?", "for_each", "write `for_each_async(n, f)`");
    refused("iter(x) -> for_each_blocking(2, async |a| a)", "for_each_blocking", "write `for_each_async(n, f)`");
    for stage in [
        "filter_map(F)",
        "flat_map(F)",
        "inspect(F)",
        "scan(0, F)",
        "take_while(F)",
        "skip_while(F)",
        "map_while(F)",
        "dedup_by_key(F)",
        "conflate(F)",
        "map_async_keyed(2, F, async |a| a)",
    ] {
        let (name, _) = stage.split_once('(').unwrap();
        let text = format!("iter(x) -> {} -> discard()", stage.replace('F', "async |a| a"));
        refused(&text, name, "await in a `then(f)` before it");
    }
    for sink in ["fold(0, F)", "reduce(F)"] {
        let (name, _) = sink.split_once('(').unwrap();
        refused(&format!("iter(x) -> {}", sink.replace('F', "async |a| a")), name, "await in a `then(f)` before it");
    }
}

#[test]
fn what_a_question_mark_tries() {
    for (text, calls) in [
        ("iter(x) -> map_blocking(2, f)? -> discard()", "iter link map_blocking ? discard"),
        ("iter(x) -> flatten_unordered(2)? -> discard()", "iter link flatten_unordered ? discard"),
        ("iter(x) -> via(t)? -> discard()", "iter link via ? discard"),
        ("iter(x) -> throttle(2, 1s)? -> discard()", "iter link throttle ? discard"),
        ("iter(x) -> timeout(1s)? -> discard()", "iter link timeout ? discard"),
        ("iter(x) -> debounce(1s)? -> discard()", "iter link debounce ? discard"),
        ("iter(x) -> sample(1s)? -> discard()", "iter link sample ? discard"),
        ("iter(x) -> delay(1s)? -> discard()", "iter link delay ? discard"),
        ("iter(x) -> conflate(f)? -> discard()", "iter link conflate ? discard"),
        ("iter(x) -> for_each_blocking(2, f)?", "iter link for_each_blocking::tried"),
        ("iter(x) -> for_each_blocking(2, f)", "iter link for_each_blocking"),
        ("iter_blocking(x)? -> discard()", "iter_blocking ? discard"),
        ("lines(r)? -> discard()", "lines ? discard"),
        ("bytes(r)? -> discard()", "bytes ? discard"),
        ("stream(s)? -> discard()", "stream ? discard"),
        ("recv(r)? -> discard()", "recv ? discard"),
    ] {
        assert_eq!(called(text), calls, "{text}");
    }
    for step in ["ready_chunks(2)", "latest()", "batch(2, 1s, bytes = 3)"] {
        let name = step.split('(').next().unwrap();
        assert_eq!(
            messages(&format!("iter(x) -> {step}? -> discard()")),
            [format!("`?` after `{name}`: nothing there can fail; remove the `?`")]
        );
    }
    for step in ["write(w)", "write_lines(w)", "send(t)", "into(s)"] {
        let name = step.split('(').next().unwrap();
        assert_eq!(
            messages(&format!("iter(x) -> {step}?")),
            [format!("`?` after `{name}`: nothing there can fail; remove the `?`")]
        );
    }
}

/// Every count and period, as `0` stands in its place, and its name.
const COUNTS: [(&str, &str); 18] = [
    ("iter(x) -> map_async(0, f) -> discard()", "n"),
    ("iter(x) -> map_async_unordered(0, f) -> discard()", "n"),
    ("iter(x) -> map_async_keyed(0, k, f) -> discard()", "n"),
    ("iter(x) -> map_blocking(0, f) -> discard()", "n"),
    ("iter(x) -> flatten_unordered(0) -> discard()", "n"),
    ("iter(x) -> for_each_async(0, f)", "n"),
    ("iter(x) -> for_each_blocking(0, f)", "n"),
    ("iter(x) -> ready_chunks(0) -> discard()", "n"),
    ("iter(x) -> chunks(0) -> discard()", "n"),
    ("iter(x) -> windows(0) -> discard()", "n"),
    ("iter(x) -> step_by(0) -> discard()", "n"),
    ("iter(x) -> batch(0, p) -> discard()", "n"),
    ("iter(x) -> batch(n, p, bytes = 0) -> discard()", "bytes"),
    ("iter(x) -> throttle(0, p) -> discard()", "n"),
    ("iter(x) -> throttle(n, p, burst = 0) -> discard()", "burst"),
    ("iter(x) -> queue(0) -> discard()", "n"),
    ("lines(r, max = 0) -> discard()", "max"),
    ("bytes(r, chunk = 0) -> discard()", "chunk"),
];

const PERIODS: [(&str, &str); 7] = [
    ("iter(x) -> batch(n, 0) -> discard()", "period"),
    ("iter(x) -> throttle(n, 0) -> discard()", "period"),
    ("iter(x) -> timeout(0) -> discard()", "d"),
    ("iter(x) -> debounce(0) -> discard()", "d"),
    ("iter(x) -> sample(0) -> discard()", "d"),
    ("iter(x) -> delay(0) -> discard()", "d"),
    ("interval(0) -> discard()", "period"),
];

#[test]
fn a_literal_zero_is_refused_in_every_form_and_other_values_are_not() {
    let check = |(text, argument): (&str, &str), zeros: &[&str], others: &[&str]| {
        let before = text.find('0').unwrap();
        let operator = text[..before].rsplit(['>', ' ']).find(|word| word.contains('(')).unwrap();
        let operator = operator.split('(').next().unwrap();
        for zero in zeros {
            let text = text.replacen('0', zero, 1);
            let time = zero.ends_with(['s', 'h']);
            let instead = if time { "a longer time, such as `1ms`" } else { "at least 1" };
            let wanted = format!("`{argument}` of `{operator}` is zero: write {instead}");
            assert_eq!(messages(&text), [wanted], "{text}");
        }
        for other in others {
            let text = text.replacen('0', other, 1);
            assert_eq!(messages(&text), [""; 0], "{text}");
        }
    };
    for row in COUNTS {
        check(row, &["0", "0usize", "0_0", "0x0", "0b0", "0B", "0KiB"], &["1", "zero", "(0)", "0 + 1", "f(0)", "1KiB"]);
    }
    for row in PERIODS {
        check(row, &["0s", "0ms", "0.0h", "0_ns"], &["1ns", "zero", "Duration::ZERO", "0.001s", "(0)"]);
    }
    // What means nothing with zero means something here.
    assert_eq!(messages("iter(x) -> take(0) -> skip(0) -> queue(4, low = 0) -> discard()"), [""; 0]);
}

/// Slips of the pen in a name: the last letter left out or written twice, two letters in the middle swapped, a stroke left out.
fn slips(name: &str) -> Vec<String> {
    let (letters, middle) = (name.len(), name.len() / 2);
    let mut swapped = name.to_owned().into_bytes();
    swapped.swap(middle - 1, middle);
    vec![
        name[..letters - 1].to_owned(),
        format!("{name}{}", &name[letters - 1..]),
        String::from_utf8(swapped).unwrap(),
        name.replacen('_', "", 1),
        name.to_uppercase(),
    ]
}

#[test]
fn the_nearest_operator_is_suggested() {
    let mut others = Vec::new();
    for operator in all() {
        for slip in slips(operator.name) {
            if find(&slip).is_some() {
                continue;
            }
            let text = match operator.kind {
                Kind::Source | Kind::FanIn => format!("{slip}(x) -> discard()"),
                Kind::Stage | Kind::Link => format!("iter(x) -> {slip}(f) -> discard()"),
                Kind::Sink => format!("iter(x) -> {slip}(f)"),
            };
            let messages = messages(&text);
            let first = messages.iter().find(|message| message.starts_with(&format!("unknown operator `{slip}`")));
            let suggestion = first.unwrap_or_else(|| panic!("{text}: {messages:?}"));
            if !suggestion.contains(&format!("did you mean `{}`?", operator.name)) {
                others.push((slip, suggestion.split('`').nth(3).unwrap_or_default().to_owned()));
            }
        }
    }
    let others: Vec<_> = others.iter().map(|(slip, meant)| (slip.as_str(), meant.as_str())).collect();
    assert_eq!(others, [("", ""); 0]);
}

#[test]
fn the_nearest_argument_is_suggested() {
    for operator in all() {
        for named in operator.named {
            for slip in slips(named.name).into_iter().filter(|slip| slip != named.name) {
                let text = match operator.kind {
                    Kind::Source => format!("{}(x, {slip} = 1) -> discard()", operator.name),
                    _ => format!("iter(x) -> {}(x, {slip} = 1) -> discard()", operator.name),
                };
                let wanted = format!("`{}` has no argument `{slip}`: did you mean `{}`?", operator.name, named.name);
                assert!(messages(&text).contains(&wanted), "{text}: {:?}", messages(&text));
            }
        }
    }
}

#[test]
fn the_nearest_unit_is_suggested_in_every_place() {
    for (written, meant) in [
        ("sec", "s"),
        ("seconds", "s"),
        ("S", "s"),
        ("min", "m"),
        ("minutes", "m"),
        ("hours", "h"),
        ("H", "h"),
        ("msec", "ms"),
        ("millis", "ms"),
        ("MS", "ms"),
        ("micros", "us"),
        ("nanos", "ns"),
        ("kb", "KiB"),
        ("KB", "KiB"),
        ("kib", "KiB"),
        ("MB", "MiB"),
        ("mib", "MiB"),
        ("gb", "GiB"),
        ("bytes", "B"),
    ] {
        let wanted = format!("unknown unit `{written}` in `3{written}`: did you mean `{meant}`?");
        for (text, _) in COUNTS.into_iter().chain(PERIODS) {
            let text = text.replacen('0', &format!("3{written}"), 1);
            assert_eq!(messages(&text), [wanted.as_str()], "{text}");
        }
    }
    for (text, _) in PERIODS {
        assert_eq!(
            messages(&text.replacen('0', "3fortnights", 1)),
            [
                "unknown unit `fortnights` in `3fortnights`: write one of `ns`, `us`, `ms`, `s`, `m`, `h`, `B`, `KiB`, `MiB`, `GiB`"
            ]
        );
    }
}
