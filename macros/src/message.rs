//! Every message of the macro, once.
//!
//! All are in lower case, name the word at fault in backticks, and say what to write instead.

use crate::literal::Reading;
use crate::operators::{Descriptor, Kind};

fn or_hint(suggestion: Option<&str>, otherwise: &str) -> String {
    suggestion.map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"))
}

// Shape of the text.

pub(crate) fn empty_pipeline() -> String {
    "an empty pipeline: write a chain, for example `iter(0..3) -> for_each(f)`".into()
}
pub(crate) fn too_deep() -> String {
    "blocks nested deeper than 64: name the inner part with `let` and use it by its name".into()
}
pub(crate) fn expected_arrow(found: Option<&str>) -> String {
    match found {
        Some(found) => format!("expected `->` or `;`, found `{found}`"),
        None => "expected `->` or `;`".into(),
    }
}
pub(crate) fn arrow_after_end() -> String {
    "the chain before this `->` has ended: remove the `;` before it".into()
}
pub(crate) fn expected_step(found: Option<&str>) -> String {
    match found {
        Some(found) => {
            format!("expected an operator after `->`, found `{found}`: write a name and its arguments, as in `map(f)`")
        }
        None => "`->` leads nowhere: write an operator after it, as in `-> map(f)`".into(),
    }
}
pub(crate) fn expected_head(found: &str) -> String {
    format!(
        "a chain cannot begin with `{found}`: begin it with a source such as `iter(…)` or `from(…)`, or with the name of a stream"
    )
}
pub(crate) fn not_a_path(path: &str) -> String {
    format!("`{path}` is not an operator: use your own source, stage or sink by `from(…)`, `via(…)` or `into(…)`")
}
pub(crate) fn expected_setting() -> String {
    "an option is written `#![name = value]`".into()
}
pub(crate) fn setting_after_chain() -> String {
    "options stand before the first chain: move `#![…]` to the top".into()
}
pub(crate) fn expected_pattern() -> String {
    "a stream is named by `let name = chain;`, copies by `let (a, b) = chain -> broadcast;`".into()
}
pub(crate) fn stream_is_not_mut() -> String {
    "a stream is never `mut`: it is moved by use; write `let name = chain;`".into()
}
pub(crate) fn stream_has_no_written_type(name: &str) -> String {
    format!("the type of a stream is not written: write `let {name} = chain;`")
}
pub(crate) fn expected_equals(name: &str) -> String {
    format!("expected `=` after `let {name}`: write `let {name} = chain;`")
}
pub(crate) fn expected_label() -> String {
    "expected a name after `as`: write `as name`".into()
}
pub(crate) fn empty_argument() -> String {
    "an argument is missing before this `,`".into()
}
pub(crate) fn expected_types() -> String {
    "expected types after `::`: write `::<Type>(…)`".into()
}
pub(crate) fn expected_type() -> String {
    "expected a type after `_:`".into()
}

// Operators.

pub(crate) fn unknown_operator(name: &str, suggestion: Option<&str>) -> String {
    let hint = or_hint(suggestion, "see the list of operators in the documentation of `aqueduct`");
    format!("unknown operator `{name}`: {hint} (call a stage of your own by `via(…)`)")
}
pub(crate) fn unknown_source(name: &str, suggestion: Option<&str>) -> String {
    let hint = or_hint(suggestion, "see the list of operators in the documentation of `aqueduct`");
    format!("unknown operator `{name}`: {hint} (call a source of your own by `from(…)`)")
}
pub(crate) fn no_parentheses(name: &str) -> String {
    format!("the operator `{name}` needs parentheses: write `{name}(…)`")
}

// Arguments.

pub(crate) fn argument_count(operator: &Descriptor, given: usize) -> String {
    let (name, wanted) = (operator.name, operator.arguments.len());
    let wanted = match wanted {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        n => format!("{n} arguments"),
    };
    let given = if given == 1 { "1 is".to_owned() } else { format!("{given} are") };
    format!(
        "`{name}` takes {wanted}, but {given} given: write `{}` (see `{}`)",
        operator.signature(),
        operator.doc_path()
    )
}
pub(crate) fn unknown_argument(operator: &Descriptor, name: &str, suggestion: Option<&str>) -> String {
    let known: Vec<_> = operator.named.iter().map(|argument| format!("`{}`", argument.name)).collect();
    let otherwise = if known.is_empty() {
        format!("write `{}`", operator.signature())
    } else {
        format!("it has {}", known.join(", "))
    };
    format!("`{}` has no argument `{name}`: {}", operator.name, or_hint(suggestion, &otherwise))
}
pub(crate) fn positional_by_name(operator: &Descriptor, name: &str) -> String {
    format!("`{name}` of `{}` is given by its place, not by name: write `{}`", operator.name, operator.signature())
}
pub(crate) fn argument_twice(name: &str) -> String {
    format!("`{name}` is given twice: remove one")
}
pub(crate) fn argument_empty(name: &str) -> String {
    format!("`{name}` has no value: write `{name} = value`")
}
pub(crate) fn instead(operator: &Descriptor, name: &str) -> String {
    let plain: Vec<_> = operator.arguments.iter().map(|argument| argument.name).collect();
    format!("`{}` takes either `{}` or `{name} = …`, not both: remove one", operator.name, plain.join(", "))
}
pub(crate) fn unknown_choice(name: &str, found: &str, choices: &[&str], suggestion: Option<&str>) -> String {
    let all: Vec<_> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    let hint = or_hint(suggestion, &format!("write one of {}", all.join(", ")));
    format!("`{name}` cannot be `{found}`: {hint}")
}
pub(crate) fn runs_no_futures(name: &str, instead: &[&Descriptor]) -> String {
    let instead: Vec<_> = instead.iter().map(|operator| format!("`{}`", operator.signature())).collect();
    let hint = match instead.as_slice() {
        [] => "await in a `then(f)` before it".to_owned(),
        all => format!("write {}", all.join(" or ")),
    };
    format!("`{name}` runs no futures, so its function cannot be `async`: {hint}")
}
pub(crate) fn types_refused(name: &str) -> String {
    format!("`{name}` takes no types: remove `::<…>`")
}

// Numbers.

pub(crate) fn zero(operator: &str, argument: &str, value: &Reading) -> String {
    let instead = if matches!(value, Reading::Nanoseconds(_)) { "a longer time, such as `1ms`" } else { "at least 1" };
    format!("`{argument}` of `{operator}` is zero: write {instead}")
}
pub(crate) fn not_a_time(operator: &str, argument: &str, text: &str) -> String {
    time_wanted(&format!("`{argument}` of `{operator}`"), text)
}
fn time_wanted(what: &str, text: &str) -> String {
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number = if number.is_empty() || number == "0" { "10" } else { &number };
    format!("{what} is a time, but `{text}` is none: write its unit, as in `{number}ms` or `{number}s`")
}
pub(crate) fn not_a_count(operator: &Descriptor, argument: &str, text: &str) -> String {
    let (name, signature) = (operator.name, operator.signature());
    format!("`{argument}` of `{name}` is a count, but `{text}` is a time: write `{signature}`")
}
pub(crate) fn zero_queue_setting() -> String {
    "`queue` is zero: a link holds at least 1 item".into()
}
pub(crate) fn zero_stall_setting() -> String {
    "`stall` is zero: write a longer time, such as `30s`".into()
}
pub(crate) fn stall_not_a_time(text: &str) -> String {
    time_wanted("`stall`", text)
}
pub(crate) fn low_not_below(low: u128, capacity: u128) -> String {
    format!(
        "`low` is {low}, which is not below the capacity {capacity}: write a smaller mark, or leave `low` out for half the capacity"
    )
}
pub(crate) fn low_with_policy(policy: &str) -> String {
    format!("`low` means nothing with `overflow = {policy}`, which never pauses: remove `low`")
}
pub(crate) fn unknown_unit(literal: &str, suffix: &str, suggestion: Option<&str>) -> String {
    format!(
        "unknown unit `{suffix}` in `{literal}`: {}",
        or_hint(suggestion, "write one of `ns`, `us`, `ms`, `s`, `m`, `h`, `B`, `KiB`, `MiB`, `GiB`")
    )
}
pub(crate) fn literal_form(literal: &str) -> String {
    format!("`{literal}` has a unit, so its number is written in decimal digits, as in `250ms` or `1.5s`")
}
pub(crate) fn fraction(literal: &str, unit: &str) -> String {
    format!("`{literal}` is not a whole number of {unit}: write a smaller unit or a whole number")
}
pub(crate) fn too_large(literal: &str) -> String {
    format!("`{literal}` is too large: write a smaller number")
}

// `?`

pub(crate) fn cannot_fail(name: &str) -> String {
    format!("`?` after `{name}`: nothing there can fail; remove the `?`")
}

// Places.

pub(crate) fn source_in_the_middle(name: &str) -> String {
    format!("`{name}` is a source and begins a chain: end the chain before it, or use a stage here")
}
pub(crate) fn stream_in_the_middle(name: &str) -> String {
    format!("`{name}` is a stream: it stands only at the head of a chain, as in `{name} -> …`")
}
pub(crate) fn not_at_head(operator: &Descriptor) -> String {
    let kind = if operator.kind == Kind::Sink { "sink" } else { "stage" };
    format!(
        "`{}` is a {kind} and cannot begin a chain: write a source before it, as in `iter(…) -> {}`",
        operator.name,
        operator.signature()
    )
}
pub(crate) fn block_at_head(name: &str) -> String {
    format!("`{name}` cannot begin a chain: write a source before it")
}
pub(crate) fn after_sink(name: &str) -> String {
    format!("nothing can follow `{name}`: it is a sink and ends the chain; remove what comes after it")
}
pub(crate) fn sink_named(stream: &str, sink: &str) -> String {
    format!("`{stream}` names a chain that ended in the sink `{sink}`: remove `let {stream} =`")
}
pub(crate) fn no_sink(name: &str) -> String {
    format!(
        "the chain ends in `{name}`, which is not a sink: end it with `-> discard()`, `-> for_each(f)` or another sink"
    )
}
pub(crate) fn after_closed_block(name: &str) -> String {
    format!(
        "nothing can follow this `{name}`: each of its arms ends in a sink; leave an arm open, or remove what comes after it"
    )
}
pub(crate) fn ended_input(fan_in: &str, end: &str) -> String {
    format!(
        "`{fan_in}` takes streams, but this one has ended in `{end}`: remove `-> {end}`, or write it as a chain of its own"
    )
}
pub(crate) fn open_block(name: &str) -> String {
    format!(
        "the chain ends in `{name}`, of which an arm is open: end that arm or the chain with `-> discard()`, `-> for_each(f)` or another sink"
    )
}
pub(crate) fn queue_at_end(name: &str) -> String {
    format!("`{name}` at the end leads nowhere: write a sink after it")
}
pub(crate) fn queue_twice(name: &str) -> String {
    format!("`{name}` follows another link: there are never two in a row; remove one")
}
pub(crate) fn queue_behind_start(name: &str) -> String {
    format!(
        "`{name}` cannot follow `_`: the link before a segment belongs to whoever uses it; write `{name}` there, or `#![queue = n]`"
    )
}
pub(crate) fn queue_before_end(name: &str) -> String {
    format!(
        "`{name}` cannot stand before `_`: the link behind a segment belongs to whoever uses it; write `{name}` there, or `#![queue = n]`"
    )
}
pub(crate) fn policy_in_tap(tap: &str, policy: &str) -> String {
    format!(
        "a `{tap}` never holds the main flow, so its link cannot be `{policy}`: write `drop_newest` or `drop_oldest`"
    )
}
pub(crate) fn low_in_tap(tap: &str) -> String {
    format!("`low` means nothing at the head of a `{tap}`, whose link never pauses: remove `low`")
}
pub(crate) fn role_not_a_name() -> String {
    "a role is named by a string: write `role = \"work\"`".into()
}
pub(crate) fn role_in_memory() -> String {
    "a queue in memory stays in its process: give `queue` what keeps it elsewhere and `capacity = …`, or leave `role` out".into()
}
pub(crate) fn remote_in_tap() -> String {
    "what a `tap` begins with loses items, and a queue that is kept elsewhere never does: put a stage before it, or `broadcast`".into()
}
pub(crate) fn remote_before_parallel() -> String {
    "the copies of a `parallel` share a queue in memory: put a stage between the two, or start the program more than once".into()
}
pub(crate) fn remote_is_a_number(number: &str) -> String {
    format!(
        "a queue in memory is `queue({number})`, without `capacity`: give it in the place of the number what keeps the queue elsewhere, or leave `capacity` out"
    )
}
pub(crate) fn remote_only_pauses() -> String {
    "a queue that is kept elsewhere counts items, and pauses when it is full: leave out `bytes` and `overflow`".into()
}
pub(crate) fn remote_in_transform() -> String {
    "a queue that is kept elsewhere cannot stand in a segment that is open at both ends, which does not know who is told of its items: put it before or after the segment".into()
}
pub(crate) fn same_role(role: &str) -> String {
    format!("what comes to this queue is of the role `{role}` already: leave `role` out, or give another name")
}
pub(crate) fn role_comes_back(role: &str) -> String {
    format!("items have left the role `{role}` already, and would come back here: give this part a name of its own")
}
pub(crate) fn role_in_parallel(word: &str) -> String {
    format!("a copy of the arm of a `{word}` is no role of its own: put the queue before the `{word}` or behind it")
}
pub(crate) fn roles_meet(word: &str, one: &str, other: &str) -> String {
    format!(
        "streams of two roles meet in `{word}`, `{one}` and `{other}`, which may run in different processes: cut both, into one role"
    )
}
pub(crate) fn role_of_segment() -> String {
    "`role` chooses a part of a whole pipeline: leave it out of a segment".into()
}
pub(crate) fn role_without_cut() -> String {
    "nothing here is cut into roles: give a queue that is kept elsewhere `role = \"name\"`, or leave this option out"
        .into()
}
pub(crate) fn two_starts() -> String {
    "a pipeline has one open start, but another chain begins with `_` too: share its items by `let (a, b) = _ -> broadcast;`".into()
}
pub(crate) fn two_ends() -> String {
    "a pipeline has one open end, but another chain ends in `_` too: join the two by `merge(a, b) -> _`, or end this one with a sink".into()
}
pub(crate) fn open_in_the_middle() -> String {
    "`_` stands only at the head or at the end of a chain: remove it here".into()
}
pub(crate) fn open_in_arm() -> String {
    "`_` cannot stand in an arm: an arm without a sink is open by itself; remove `-> _`".into()
}
pub(crate) fn open_named(stream: &str) -> String {
    format!("`{stream}` names a chain that ends in `_`: remove `-> _`")
}

// Streams and names.

pub(crate) fn unknown_stream(name: &str, suggestion: Option<&str>) -> String {
    format!(
        "no stream is named `{name}`: {}",
        or_hint(suggestion, &format!("name one by `let {name} = …;`, or write `from({name})`"))
    )
}
pub(crate) fn stream_unused(name: &str) -> String {
    format!("the stream `{name}` is never used: end it with `-> discard()`")
}
pub(crate) fn stream_used_twice(name: &str) -> String {
    format!(
        "the stream `{name}` is used twice, here and before: a stream is moved by use; copy it by `let (a, b) = {name} -> broadcast;`"
    )
}
pub(crate) fn stream_before_let(name: &str) -> String {
    format!("the stream `{name}` is used before its `let`: move the `let` above this line")
}
pub(crate) fn bound_twice(name: &str) -> String {
    format!("the name `{name}` is bound twice: give one of the two streams another name")
}
pub(crate) fn tuple_without_broadcast() -> String {
    "only copies are named together: end the chain with `-> broadcast`, or write one name".into()
}
pub(crate) fn name_twice(name: &str) -> String {
    format!("two stages are named `{name}`: give one of them another name by `as …`")
}
pub(crate) fn name_taken(name: &str, operator: &str) -> String {
    format!("`{name}` is already the name of the stage `{operator}`: choose another name after `as`")
}

// Blocks.

pub(crate) fn empty_block(name: &str) -> String {
    format!("`{name}` has no arms: write at least one")
}
pub(crate) fn one_arm(name: &str) -> String {
    format!("`{name}` takes exactly one arm: remove the others")
}
pub(crate) fn open_tap(tap: &str, end: &str) -> String {
    format!(
        "the arm of `{tap}` ends in `{end}`, which is not a sink: a `{tap}` gives nothing back; end its arm with `-> for_each(f)` or another sink"
    )
}
pub(crate) fn block_cannot_fail(name: &str) -> String {
    format!("`?` after `{name}`: a block itself cannot fail; write the `?` after an operator in it or before it")
}
pub(crate) fn expected_block(name: &str) -> String {
    format!("`{name}` is a block: write `{name} {{ … }}`")
}
pub(crate) fn move_before_match() -> String {
    "`move` stands behind the word: write `match move { … }`".into()
}
pub(crate) fn parallel_block() -> String {
    "`parallel` is a block: write `parallel(n) { … }`".into()
}
pub(crate) fn copies_need_let() -> String {
    "`broadcast` without arms stands only at the end of a `let`: write `let (a, b) = chain -> broadcast;` or `broadcast { … }`".into()
}
pub(crate) fn few_copies() -> String {
    "`broadcast` makes at least two copies: name them by `let (a, b) = …`, or remove `-> broadcast`".into()
}
pub(crate) fn broken_arm() -> String {
    "an arm of `match` is written `pattern => value -> …`".into()
}
pub(crate) fn fan_in_of_one(name: &str, given: usize) -> String {
    let streams = if given == 0 { "none is" } else { "1 is" };
    format!("`{name}` joins at least two streams, but {streams} given: write `{name}(a, b)`, or use the one as it is")
}
pub(crate) fn too_many_inputs(operator: &Descriptor, given: usize) -> String {
    let (name, most) = (operator.name, operator.most_inputs);
    format!("`{name}` joins {most} streams, but {given} are given: join some of them by a fan-in of their own first")
}
pub(crate) fn named_in_fan_in(name: &str) -> String {
    format!("`{name}` cannot stand here: a fan-in takes streams only; remove `{name} = …`")
}

// Copies that meet again.

/// `a`; `a` and `b`; `a`, `b` and `c`
fn and(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    }
}
fn each<'a>(names: &[&str], one: &'a str, more: &'a str) -> &'a str {
    if names.len() > 1 { more } else { one }
}
/// How a message begins; `several` streams' copies meet by way of other fan-ins.
pub(crate) fn copies_meet(fan_in: &str, several: bool) -> String {
    if several {
        format!("copies of several streams meet in `{fan_in}` and in other fan-ins")
    } else {
        format!("copies of one stream meet in `{fan_in}`")
    }
}
pub(crate) fn copies_ahead(meet: &str, ahead: &[&str], low: i64) -> String {
    let (names, run, come) = (and(ahead), each(ahead, "runs", "run"), each(ahead, "it come", "each of them come"));
    let (items, capacity) = (if low == 1 { "item" } else { "items" }, low.saturating_mul(2));
    format!(
        "{meet}, where {names} {run} {low} {items} ahead, more than a link drains at: let {come} through `queue({capacity}, low = {low})`, or compute both in one `map`"
    )
}
pub(crate) fn copies_unknown(meet: &str, held: &[&str], why: &str) -> String {
    let (names, begin) = (and(held), each(held, "it", "each of them"));
    format!(
        "{meet}, but how many items `{why}` gives is not known: {names} may wait for ever and hold the stream; compute both in one `map`, or let {begin} begin with `queue(n, overflow = fail)`"
    )
}
pub(crate) fn copies_by_value(meet: &str, held: &[&str], why: &str) -> String {
    let (names, begin) = (and(held), each(held, "it", "each of them"));
    format!(
        "{meet}, but how many items `{why}` keeps back is not known here: {names} may wait for ever and hold the stream; write a literal in `{why}`, compute both in one `map`, or let {begin} begin with `queue(n, overflow = fail)`"
    )
}
pub(crate) fn copies_in_order(fan_in: &str, held: &[&str]) -> String {
    let (names, begin) = (and(held), each(held, "it", "each of them"));
    format!(
        "copies of one stream meet in `{fan_in}`, where {names} must wait for the end of the one before and hold the stream: write `merge` instead, or let {begin} begin with `queue(n, overflow = fail)`"
    )
}

// Options.

pub(crate) fn unknown_setting(name: &str, suggestion: Option<&str>) -> String {
    format!("unknown option `{name}`: {}", or_hint(suggestion, "there are `queue`, `name`, `crate` and `stall`"))
}
pub(crate) fn setting_twice(name: &str) -> String {
    format!("the option `{name}` is given twice: remove one")
}
pub(crate) fn crate_not_a_path() -> String {
    "`crate` takes the path of the runtime crate, as in `#![crate = ::aqueduct]`".into()
}
pub(crate) fn stall_in_a_segment() -> String {
    "`stall` watches a whole pipeline, and this is a part of one: write it in the pipeline that uses this segment"
        .into()
}
