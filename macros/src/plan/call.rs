//! An operator's arguments, in the order of the runtime's function, and the flavour of that function.

use proc_macro2::Span;

use super::{Argument, LinkKind};
use crate::ast::Value;
use crate::graph::Arguments;
use crate::literal::{Reading, read};
use crate::operators::{self, Descriptor, Function, Pass, Tried};

/// A value as an argument: literals with a unit become what they mean.
pub(super) fn argument(value: Value) -> Argument {
    match read(&value.tokens) {
        Reading::Nanoseconds(n) => Argument::Nanoseconds(n, value.span),
        Reading::Bytes(n) => Argument::Count(n, value.span),
        _ if !value.readable => Argument::Raw(value.tokens, value.span),
        _ => Argument::Tokens(value.tokens),
    }
}

/// What stands in the place of `asked`.
fn positional(asked: &operators::Argument, value: Value) -> Argument {
    let Some(asks) = asked.asks else { return argument(value) };
    let lending = asked.function == Some(Function::Asynchronous) && value.is_async_closure();
    let function = format!("{asks}{}", if lending { "_lending" } else { "" });
    Argument::Asked(Box::new(argument(value)), function)
}

/// Arguments and flavour of a call that has passed the checks.
pub(super) fn arguments(
    operator: &Descriptor,
    given: Arguments,
    tried: bool,
    link: LinkKind,
    span: Span,
) -> (Vec<Argument>, String) {
    let mut flavour: Vec<&str> = Vec::new();
    let mut list = Vec::new();
    if tried && operator.tried == Tried::Function {
        flavour.push("tried");
    }
    if operator.functions(Function::Asynchronous, &given.plain).any(Value::is_async_closure) {
        flavour.push("lending");
    }
    list.extend(operator.arguments.iter().zip(given.plain).map(|(asked, value)| positional(asked, value)));
    let mut named = given.named;
    // A choice other than the default has no mark (L10), so it is known before the marks are passed.
    let chosen = operator.named.iter().find_map(|argument| match argument.pass {
        Pass::Choice(words) => {
            let (_, value) = named.iter().find(|(name, _)| *name == argument.name)?;
            let word = value.tokens.to_string();
            words.iter().skip(1).copied().find(|known| *known == word)
        }
        _ => None,
    });
    let chooses = operator.named.iter().any(|argument| matches!(argument.pass, Pass::Choice(_)));
    let by_size = named.iter().any(|(name, _)| {
        matches!(operator.named_argument(&name.to_string()).map(|named| named.pass), Some(Pass::Instead))
    });
    let chosen = match link {
        // A link at the head of a `tap` loses what finds it full (F7).
        LinkKind::Tap if chooses => chosen.or(Some("drop_newest")),
        // One that copies share has a core of its own (F5), as every other has that is no ring.
        LinkKind::Shared if chooses && chosen.is_none() && !by_size => {
            flavour.push("shared");
            chosen
        }
        _ => chosen,
    };
    for parameter in operator.named {
        let value = named.iter().position(|(name, _)| *name == parameter.name).map(|n| named.swap_remove(n).1);
        match (parameter.pass, value) {
            (Pass::Default(_) | Pass::Given | Pass::Instead, Some(value)) => {
                if !matches!(parameter.pass, Pass::Default(_)) {
                    flavour.push(parameter.name);
                }
                list.push(argument(value));
            }
            (Pass::Default(number), None) => list.push(Argument::Count(number, span)),
            (Pass::Optional, _) if chosen.is_some() => {}
            (Pass::Optional, Some(value)) => {
                let at = value.span;
                list.push(Argument::Some(Box::new(argument(value)), at));
            }
            (Pass::Optional, None) => list.push(Argument::None),
            (Pass::Choice(_), _) => flavour.extend(chosen),
            (Pass::Nothing, _) | (Pass::Given | Pass::Instead, None) => {}
        }
    }
    (list, flavour.join("_"))
}
