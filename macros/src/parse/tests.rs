//! The grammar, case by case.

use super::*;
use crate::ast::{Argument, Body, Head, Operator, Step};

fn read_text(text: &str) -> (Pipeline, Vec<String>) {
    crate::time_limit::begin();
    let mut errors = Errors::default();
    let pipeline = parse(text.parse().unwrap(), &mut errors);
    (pipeline, errors.list.into_iter().map(|error| error.mistake.message).collect())
}

/// The text as the parser understood it, in a form of its own.
fn shown(text: &str) -> String {
    let (pipeline, errors) = read_text(text);
    assert!(errors.is_empty(), "{text}: {errors:?}");
    let settings = pipeline.settings.iter().map(|setting| format!("#{}={}; ", setting.name, setting.value.tokens));
    let statements = pipeline.statements.iter().map(|statement| {
        let names = statement
            .binding
            .iter()
            .flat_map(|binding| &binding.names)
            .map(|name| format!("{name}="))
            .collect::<String>();
        format!("{names}{}", chain(&statement.chain))
    });
    settings.collect::<String>() + &statements.collect::<Vec<_>>().join("; ")
}

fn chain(chain: &crate::ast::Chain) -> String {
    let head = match &chain.head {
        Head::Operator(operator) => call(operator),
        Head::Stream(name) => name.to_string(),
        Head::Open(_, of) => format!("_{}", of.iter().map(|of| format!(":{of}")).collect::<String>()),
        Head::Unknown(mistake) => format!("!{}", mistake.message),
    };
    head + &steps(&chain.steps)
}

fn steps(steps: &[Step]) -> String {
    let one = |step: &Step| match step {
        Step::Operator(operator) => call(operator),
        Step::Open(_) => "_".into(),
        Step::Unknown(mistake) => format!("!{}", mistake.message),
        Step::Block(block) => {
            let arms = |arms: &[Vec<Step>]| arms.iter().map(|arm| self::steps(arm)).collect::<Vec<_>>().join(",");
            let body = match &block.body {
                Body::Match { moves, arms } => {
                    let arm = |arm: &crate::ast::MatchArm| {
                        let guard = arm.guard.iter().map(|guard| format!(" if {guard}")).collect::<String>();
                        format!("{}{guard} => {}{}", arm.pattern, arm.value.tokens, self::steps(&arm.steps))
                    };
                    format!("{moves} {}", arms.iter().map(arm).collect::<Vec<_>>().join(", "))
                }
                Body::Broadcast(list) | Body::Tap(list) => arms(list),
                Body::Copies => "copies".into(),
                Body::Parallel(count, list) => format!("{} * {}", count.tokens, arms(list)),
            };
            format!(
                "{}{{{body}}}{}",
                block.word,
                block.label.iter().map(|label| format!("@{label}")).collect::<String>()
            )
        }
    };
    steps.iter().map(|step| format!(" -> {}", one(step))).collect()
}

fn call(operator: &Operator) -> String {
    let Operator { name, types, arguments, tried, label } = operator;
    let argument = |argument: &Argument| match argument {
        Argument::Plain(value) => format!("{}{}", if value.readable { "" } else { "raw " }, value.tokens),
        Argument::Named(name, value) => format!("{name}={}", value.tokens),
        Argument::Chain(inner) => format!("<{}>", chain(inner)),
    };
    let arguments =
        arguments.as_ref().map(|list| format!("({})", list.iter().map(argument).collect::<Vec<_>>().join(" | ")));
    let types = types.as_ref().map(|types| format!("::{types}")).unwrap_or_default();
    let label = label.iter().map(|label| format!("@{label}")).collect::<String>();
    format!("{name}{types}{}{}{label}", arguments.unwrap_or_default(), if tried.is_some() { "?" } else { "" })
}

#[test]
fn chains() {
    assert_eq!(shown("iter(0..3) -> discard()"), "iter(0 .. 3) -> discard()");
    assert_eq!(
        shown("lines(f, max = 1KiB)? as text -> map(|a| a)? -> count() as n;"),
        "lines(f | max=1KiB)?@text -> map(| a | a)? -> count()@n"
    );
    assert_eq!(
        shown("let a = iter(x); a -> collect::<Vec<(u8, u16)>>()"),
        "a=iter(x); a -> collect::Vec < (u8 , u16) >()"
    );
    assert_eq!(shown("let (a, b,) = x -> broadcast; a; b"), "a=b=x -> broadcast{copies}; a; b");
    assert_eq!(shown("iter(x) -> collect::<Vec<fn(u8) -> u8>>()"), "iter(x) -> collect::Vec < fn (u8) -> u8 >()");
}

#[test]
fn settings() {
    assert_eq!(shown("#![queue = 2 + 3] #![name = \"n\"] a"), "#queue=2 + 3; #name=\"n\"; a");
}

#[test]
fn open_ends() {
    assert_eq!(shown("_ -> map(f) -> _"), "_ -> map(f) -> _");
    assert_eq!(shown("_: fn(u8) -> u8 -> map(f) -> _"), "_:fn (u8) -> u8 -> map(f) -> _");
    assert_eq!(shown("_: [Vec<u8>; 2] -> count()"), "_:[Vec < u8 >; 2] -> count()");
}

#[test]
fn arguments() {
    assert_eq!(
        shown("iter(|a, b| a + b, c || d, f::<A, B>(x), |x| -> u8 { x })"),
        "iter(| a , b | a + b | c || d | f ::< A , B > (x) | | x | -> u8 { x })"
    );
    assert_eq!(shown("iter(a == b, low = c = d)"), "iter(a == b | low=c = d)");
    assert_eq!(shown("iter(|x| x., 5)"), "iter(raw | x | x . | 5)");
    assert_eq!(shown("merge(a, iter(x) -> map(|a, b| a), b)"), "merge(<a> | <iter(x) -> map(| a , b | a)> | <b>)");
}

#[test]
fn blocks() {
    assert_eq!(
        shown(
            "a -> match move { Ok(e) if e.is(1, 2) => e, Err(b) | Bad(b) => b as u8 -> map(f) -> discard(), } as m -> count()"
        ),
        "a -> match{true Ok (e) if e . is (1 , 2) => e, Err (b) | Bad (b) => b as u8 -> map(f) -> discard()}@m -> count()"
    );
    assert_eq!(
        shown("a -> broadcast { map(f) -> discard(), count() }"),
        "a -> broadcast{ -> map(f) -> discard(), -> count()}"
    );
    assert_eq!(shown("a -> tap { count() } -> discard()"), "a -> tap{ -> count()} -> discard()");
    assert_eq!(shown("a -> parallel(4) { map(f) } -> discard()"), "a -> parallel{4 *  -> map(f)} -> discard()");
}

#[test]
fn recovers() {
    for (text, messages) in [
        (
            "let 5 = iter(x); a -> 7 -> discard() b",
            vec!["a stream is named by `let name = chain;`, copies by `let (a, b) = chain -> broadcast;`"],
        ),
        ("let a iter(x);", vec!["expected `=` after `let a`: write `let a = chain;`"]),
        ("#[queue] a", vec!["an option is written `#![name = value]`"]),
        ("a; #![queue = 1]", vec!["options stand before the first chain: move `#![…]` to the top"]),
        ("iter(x) as -> discard()", vec!["expected a name after `as`: write `as name`"]),
        ("iter(x); -> discard()", vec!["the chain before this `->` has ended: remove the `;` before it"]),
        ("a -> match { 5 } -> b()", vec!["an arm of `match` is written `pattern => value -> …`"]),
        (";;", vec!["an empty pipeline: write a chain, for example `iter(0..3) -> for_each(f)`"]),
        ("#![queue = 4]", vec!["an empty pipeline: write a chain, for example `iter(0..3) -> for_each(f)`"]),
    ] {
        assert_eq!(read_text(text).1, messages, "{text}");
    }
}
