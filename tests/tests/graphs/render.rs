//! A shape as `pipeline!` text.

use std::fmt::Write as _;

use super::tree::{Arm, Chain, Fan, Head, Node, Policy, Shape, Sink, Step};

const WIDTH: usize = 116;

/// The text of a shape, indented by `indent` spaces.
pub fn text(shape: &Shape, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut text = format!("{pad}#![queue = k.cap(0)]\n");
    for binding in &shape.lets {
        let chain = chain(&binding.chain);
        let names = binding.names.join(", ");
        wrap(&mut text, &format!("let ({names}) = {chain} -> broadcast as s{};", binding.id), indent);
    }
    for (index, each) in shape.chains.iter().enumerate() {
        let end = if index + 1 < shape.chains.len() { ";" } else { "" };
        wrap(&mut text, &format!("{}{end}", chain(each)), indent);
    }
    text
}

// Where a line is broken whatever its length: behind what opens a list, between its parts, and before what closes it.
const OPEN: char = '\u{1}';
const NEXT: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Writes lines, broken at the marks, and at spaces where they are long.
fn wrap(text: &mut String, all: &str, indent: usize) {
    let mut indent = indent;
    let mut rest = all;
    loop {
        let end = rest.find([OPEN, NEXT, CLOSE]).unwrap_or(rest.len());
        let (line, mark) = (rest[..end].trim(), rest[end..].chars().next());
        let mut column = indent;
        text.push_str(&" ".repeat(indent));
        for (index, word) in line.split(' ').enumerate() {
            if index > 0 && column + 1 + word.len() > WIDTH {
                column = indent + 4;
                let _ = write!(text, "\n{}", " ".repeat(column));
            } else if index > 0 {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += word.len();
        }
        text.push('\n');
        match mark {
            Some(OPEN) => indent += 4,
            Some(CLOSE) => indent -= 4,
            Some(_) => {}
            None => return,
        }
        rest = &rest[end + 1..];
    }
}

/// A list between brackets, each part on a line of its own.
fn list(parts: &[String]) -> String {
    format!("{OPEN}{},{CLOSE}", parts.join(&format!(",{NEXT}")))
}

fn chain(chain: &Chain) -> String {
    let head = match &chain.head {
        Head::Source(id) => format!("from(k.source({id})) as s{id}"),
        Head::Asking(id) => format!("from(k.asking({id})) as s{id}"),
        Head::Iter(id) => format!("iter(k.iter({id})) as s{id}"),
        Head::Threaded(id) => format!("iter_blocking(k.iter({id})) as s{id}"),
        Head::Inlet(id) => format!("from(k.inlet({id})) as s{id}"),
        Head::Unfold(id) => format!("unfold(k.source({id}), k.unfold({id})) as s{id}"),
        Head::Repeat(id) => format!("repeat_with(k.repeat({id})) as s{id} -> take(k.items({id}))"),
        Head::Name(name) => (*name).to_owned(),
        Head::Fan(id, fan, inputs) => {
            let word = match fan {
                Fan::Merge => "merge",
                Fan::Concat => "concat",
                Fan::Zip { .. } => "zip",
                Fan::Interleave => "interleave",
                Fan::Prefer => "prefer",
            };
            let inputs: Vec<_> = inputs.iter().map(self::chain).collect();
            let join = match fan {
                Fan::Zip { exact: true } => format!(" -> map(k.join({id})) as j{id}"),
                Fan::Zip { exact: false } => format!(" -> map(k.left({id})) as j{id}"),
                _ => String::new(),
            };
            format!("{word}({}) as s{id}{join}", list(&inputs))
        }
    };
    format!("{head}{}", steps(&chain.steps, chain.sink, " -> "))
}

/// The steps and the sink, each after an arrow, the first after `first`.
fn steps(steps: &[Node], sink: Option<(usize, Sink)>, first: &str) -> String {
    let mut text = String::new();
    for word in steps.iter().map(step).chain(sink.map(|(id, end)| self::sink(id, end))) {
        text.push_str(if text.is_empty() { first } else { " -> " });
        text.push_str(&word);
    }
    text
}

fn step(node: &Node) -> String {
    let Node { id, step } = node;
    match step {
        Step::Map => format!("map(k.map({id})) as s{id}"),
        Step::Try => format!("map(k.tried({id}))? as s{id}"),
        Step::Inspect => format!("inspect(k.inspect({id})) as s{id}"),
        Step::Filter => format!("filter(k.filter({id})) as s{id}"),
        Step::FlatMap => format!("flat_map(k.flat({id})) as s{id}"),
        Step::Chunks => format!("chunks(k.n({id})) as s{id} -> flatten()"),
        Step::Take => format!("take(k.take({id})) as s{id}"),
        Step::Skip(n) => format!("skip({n}) as s{id}"),
        Step::Then => format!("then(k.then({id})) as s{id}"),
        Step::ThenTry => format!("then(k.then_tried({id}))? as s{id}"),
        Step::Async => format!("map_async(k.n({id}), k.then({id})) as s{id}"),
        Step::AsyncTry => format!("map_async(k.n({id}), k.then_tried({id}))? as s{id}"),
        Step::FilterAsync => format!("filter_async(k.filter_async({id})) as s{id}"),
        Step::Unordered => format!("map_async_unordered(k.n({id}), k.then({id})) as s{id}"),
        Step::Blocking => format!("map_blocking(k.n({id}), k.map({id})) as s{id}"),
        Step::BlockingTry => format!("map_blocking(k.n({id}), k.tried({id}))? as s{id}"),
        Step::Via => format!("via(k.via({id})) as s{id}"),
        Step::Delay => format!("delay(k.period({id})) as s{id}"),
        Step::Throttle => format!("throttle(k.n({id}), k.period({id})) as s{id}"),
        Step::Timeout => format!("timeout(60s) as s{id}"),
        Step::Debounce => format!("debounce(k.period({id})) as s{id}"),
        Step::Sample => format!("sample(k.period({id})) as s{id}"),
        Step::Conflate => format!("conflate(k.conflate({id})) as s{id}"),
        Step::FilterMap => format!("filter_map(k.filter_map({id})) as s{id}"),
        Step::Scan => format!("scan(0, k.scan({id})) as s{id}"),
        Step::TakeWhile => format!("take_while(k.filter({id})) as s{id}"),
        Step::SkipWhile => format!("skip_while(k.skip({id})) as s{id}"),
        Step::MapWhile => format!("map_while(k.filter_map({id})) as s{id}"),
        Step::Dedup => format!("dedup_by_key(k.dedup({id})) as s{id}"),
        Step::Keyed => format!("map_async_keyed(k.n({id}), k.key({id}), k.then({id})) as s{id}"),
        Step::FlattenUnordered => format!("map(k.flow({id})) as f{id} -> flatten_unordered(k.n({id})) as s{id}"),
        Step::Until => format!("take_until(k.until({id})) as s{id}"),
        Step::BatchBytes => {
            format!("batch(k.n({id}), k.period({id}), bytes = k.bytes({id})) as s{id} -> flatten()")
        }
        Step::ReadyChunks => format!("ready_chunks(k.n({id})) as s{id} -> flatten()"),
        Step::Batch => format!("batch(k.n({id}), k.period({id})) as s{id} -> flatten()"),
        Step::Queue(Policy::Ahead) => format!("queue(7, low = 3) as s{id}"),
        Step::Queue(Policy::Bytes) => format!("queue(bytes = k.bytes({id})) as s{id}"),
        Step::Queue(policy) => {
            let more = match policy {
                Policy::Block | Policy::Ahead | Policy::Bytes => String::new(),
                Policy::Low => format!(", low = k.low({id})"),
                Policy::DropOldest => ", overflow = drop_oldest".into(),
                Policy::DropNewest => ", overflow = drop_newest".into(),
                Policy::Fail => ", overflow = fail".into(),
            };
            format!("queue(k.cap({id}){more}) as s{id}")
        }
        Step::Match(arms) => {
            let arm = |(index, arm): (usize, &Arm)| {
                let guard = format!(" if x.goes({id}, {index}, {})", arms.len());
                let guard = if index + 1 < arms.len() { &*guard } else { "" };
                format!("x{guard} => x{}", steps(&arm.steps, arm.sink, " -> "))
            };
            let arms: Vec<_> = arms.iter().enumerate().map(arm).collect();
            format!("match {{{}}} as s{id}", list(&arms))
        }
        Step::Broadcast(arms) => {
            let arms: Vec<_> = arms.iter().map(bare).collect();
            format!("broadcast {{{}}} as s{id}", list(&arms))
        }
        Step::Tap(arm) => format!("tap {{{OPEN}{}{CLOSE}}} as s{id}", bare(arm)),
        Step::Parallel(arm) => format!("parallel(k.n({id})) {{{OPEN}{}{CLOSE}}} as s{id}", bare(arm)),
    }
}

fn bare(arm: &Arm) -> String {
    steps(&arm.steps, arm.sink, "")
}

fn sink(id: usize, sink: Sink) -> String {
    match sink {
        Sink::ForEach => format!("for_each(k.sink({id})) as s{id}"),
        Sink::ForEachTry => format!("for_each(k.sink_tried({id}))? as s{id}"),
        Sink::Async => format!("for_each_async(k.n({id}), k.sink_async({id})) as s{id}"),
        Sink::AsyncTry => format!("for_each_async(k.n({id}), k.sink_async_tried({id}))? as s{id}"),
        Sink::Blocking => format!("for_each_blocking(k.n({id}), k.sink({id})) as s{id}"),
        Sink::BlockingTry => format!("for_each_blocking(k.n({id}), k.sink_tried({id}))? as s{id}"),
        Sink::Into => format!("into(k.into({id})) as s{id}"),
        Sink::Collect => format!("map(k.seen({id})) as s{id} -> collect::<Vec<u64>>()"),
        Sink::Count => format!("map(k.seen({id})) as s{id} -> count()"),
        Sink::Fold => format!("fold(Vec::new(), k.fold({id})) as s{id}"),
        Sink::Reduce => format!("map(k.came({id})) -> reduce(k.sum({id})) as s{id}"),
        Sink::First => format!("map(k.seen({id})) as s{id} -> first()"),
    }
}
