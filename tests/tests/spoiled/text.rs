//! Sound texts, as trees of lists and words.

use std::fmt;

use aqueduct_tests::flow::Dice;

#[derive(Clone)]
pub enum Node {
    /// An operator with its arguments, a stream's name, an arm's pattern: what is only changed by its letters.
    Word(String),
    List(List),
}

/// Statements, the steps of a chain, the arms of a block, the inputs of a fan-in.
#[derive(Clone)]
pub struct List {
    pub open: String,
    pub between: &'static str,
    pub close: &'static str,
    pub nodes: Vec<Node>,
}

impl Node {
    /// What it begins with.
    fn first(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::List(list) => list.nodes.first().map_or("", Self::first),
        }
    }
}

impl List {
    /// Whether this holds of a `match` in it, or of itself: `wrong` gets where its catch-all arms stand, and how many arms it has.
    fn has_match(&self, wrong: fn(&[usize], usize) -> bool) -> bool {
        let catch_all: Vec<_> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.first().starts_with("n =>"))
            .map(|(at, _)| at)
            .collect();
        let within = |node: &Node| matches!(node, Node::List(list) if list.has_match(wrong));
        self.open.starts_with("match") && wrong(&catch_all, self.nodes.len()) || self.nodes.iter().any(within)
    }

    /// Whether a `match` in it does not take every item.
    pub fn misses_a_case(&self) -> bool {
        self.has_match(|catch_all, _| catch_all.is_empty())
    }

    /// Whether an arm stands behind one that takes every item.
    pub fn has_an_idle_arm(&self) -> bool {
        self.has_match(|catch_all, arms| catch_all.first().is_some_and(|first| first + 1 < arms))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::List(list) => list.fmt(f),
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.open)?;
        for (n, node) in self.nodes.iter().enumerate() {
            f.write_str(if n > 0 { self.between } else { "" })?;
            node.fmt(f)?;
        }
        f.write_str(self.close)
    }
}

const SOURCES: &[&str] = &[
    "iter(0..9u64)",
    "iter_blocking(0..9u64)",
    "once(7u64)",
    "unfold(0u64, async |n| Some((n, n + 1)))",
    "repeat_with(|| 5u64)",
    "interval(5ms) -> map(|at| at.elapsed().as_secs())",
];

/// Every one takes `u64` and gives `u64`. What gives something else is one word with what takes it.
/// `u64` is written beside a literal: behind an error it would be the only type there is, and rustc would ask which.
const STEPS: &[&str] = &[
    "map(|n: u64| n + 1)",
    "map(|n| n.to_string().parse::<u64>())?",
    "filter(|n| n % 3 > 0)",
    "filter_map(|n| n.checked_sub(1))",
    "flat_map(|n| [n, n])",
    "map(|n| Some(n)) -> flatten()",
    "inspect(|_| ())",
    "scan(0u64, |sum, n| { *sum += n; Some(*sum) })",
    "enumerate() -> map(|(at, n)| n + at as u64)",
    "take(50)",
    "skip(2)",
    "take_while(|n| *n < 80)",
    "skip_while(|n| *n < 2)",
    "map_while(|n| n.checked_sub(1))",
    "step_by(2)",
    "dedup()",
    "dedup_by_key(|n| *n / 2)",
    "chunks(3) -> map(|numbers| numbers.iter().sum::<u64>())",
    "windows(2) -> map(|numbers| numbers.iter().sum::<u64>())",
    "then(async |n: u64| n + 1)",
    "then(|n| async move { n.to_string().parse::<u64>() })?",
    "map_async(2, async |n| n)",
    "map_async_unordered(2, |n| std::future::ready(n))",
    "map_async_keyed(2, |n| *n, async |n| n)",
    "filter_async(|n| std::future::ready(*n > 1))",
    "map_blocking(2, |n: u64| n + 1)",
    "queue(4)",
    "queue(8, low = 2)",
    "queue(3, overflow = drop_oldest)",
    "batch(4, 5ms) -> flatten()",
    "ready_chunks(4) -> flatten()",
    "throttle(3, 1ms)",
    "timeout(1h)",
    "debounce(1ms)",
    "sample(5ms)",
    "delay(1ms)",
    "latest()",
    "conflate(|a, b| a + b)",
];

const SINKS: &[&str] = &[
    "for_each(|_| ())",
    "for_each(|n| n.to_string().parse::<u64>().map(drop))?",
    "for_each_async(2, async |_| ())",
    "for_each_blocking(2, |_| ())",
    "fold(0, |sum, n| sum + n)",
    "reduce(u64::max)",
    "collect::<Vec<_>>()",
    "count()",
    "first()",
    "last()",
    "discard()",
];

/// A sound pipeline: every stream is used once, and no copies meet.
pub fn pipeline(dice: &mut Dice) -> List {
    Writer { dice, streams: Vec::new(), copies: Vec::new(), made: 0 }.pipeline()
}

struct Writer<'d> {
    dice: &'d mut Dice,
    /// Streams that are not used yet; copies of one may not meet again.
    streams: Vec<String>,
    copies: Vec<String>,
    made: usize,
}

fn list(open: &str, between: &'static str, close: &'static str, nodes: Vec<Node>) -> List {
    List { open: open.into(), between, close, nodes }
}

fn chain(nodes: Vec<Node>) -> Node {
    Node::List(list("", " -> ", "", nodes))
}

impl Writer<'_> {
    fn of(&mut self, words: &[&str]) -> Node {
        Node::Word(words[self.dice.below(words.len() as u64) as usize].into())
    }

    fn name(&mut self) -> String {
        self.made += 1;
        format!("s{}", self.made)
    }

    fn pipeline(mut self) -> List {
        let mut statements = Vec::new();
        for _ in 0..self.dice.below(3) {
            statements.push(Node::List(self.binding()));
        }
        loop {
            let mut nodes = match self.copies.pop() {
                Some(copy) => vec![Node::Word(copy)],
                None => self.chain(0),
            };
            self.steps(0, &mut nodes);
            nodes.push(self.of(SINKS));
            statements.push(Node::List(list("", " -> ", ";", nodes)));
            if self.streams.is_empty() && self.copies.is_empty() {
                return list("", " ", "", statements);
            }
        }
    }

    fn binding(&mut self) -> List {
        let mut nodes = self.chain(0);
        if self.dice.below(2) == 0 {
            let name = self.name();
            self.streams.push(name.clone());
            return list(&format!("let {name} = "), " -> ", ";", nodes);
        }
        let names = [self.name(), self.name()];
        nodes.push(Node::Word("broadcast".into()));
        let open = format!("let ({}) = ", names.join(", "));
        self.copies.extend(names);
        list(&open, " -> ", ";", nodes)
    }

    /// A chain without a sink, of no copies.
    fn chain(&mut self, depth: u64) -> Vec<Node> {
        let head = match self.dice.below(4) {
            0 if depth < 2 => self.fan_in(depth),
            1 | 2 if !self.streams.is_empty() => Node::Word(self.streams.remove(0)),
            _ => self.of(SOURCES),
        };
        let mut nodes = vec![head];
        self.steps(depth, &mut nodes);
        nodes
    }

    fn fan_in(&mut self, depth: u64) -> Node {
        let inputs = vec![chain(self.chain(depth + 1)), chain(self.chain(depth + 1))];
        let (open, close) = match self.dice.below(5) {
            0 => ("merge(", ")"),
            1 => ("concat(", ")"),
            2 => ("interleave(", ")"),
            3 => ("prefer(", ")"),
            _ => ("zip(", ") -> map(Total::total)"),
        };
        Node::List(list(open, ", ", close, inputs))
    }

    fn steps(&mut self, depth: u64, nodes: &mut Vec<Node>) {
        for _ in 0..self.dice.below(4) {
            let step =
                if depth < 2 && self.dice.below(4) == 0 { self.block(depth + 1) } else { self.step(nodes.last()) };
            nodes.push(step);
        }
    }

    /// A step behind another: no queue behind a queue.
    fn step(&mut self, last: Option<&Node>) -> Node {
        let is_queue = |node: &Node| ["queue", "latest"].iter().any(|word| node.to_string().starts_with(word));
        loop {
            let step = self.of(STEPS);
            if !(is_queue(&step) && last.is_some_and(is_queue)) {
                return step;
            }
        }
    }

    fn block(&mut self, depth: u64) -> Node {
        Node::List(match self.dice.below(5) {
            0 | 1 => {
                let arms = vec![self.arm(Some("n if n % 2 == 0 => n"), depth), self.closed_arm(Some("n => n"), depth)];
                list("match { ", ", ", " }", arms.into_iter().map(chain).collect())
            }
            2 => {
                let arms = vec![self.arm(None, depth), self.closed_arm(None, depth)];
                list("broadcast { ", ", ", " }", arms.into_iter().map(chain).collect())
            }
            3 => list("parallel(2) { ", " -> ", " }", self.arm(None, depth)),
            _ => list("tap { ", " -> ", " }", self.closed_arm(None, depth)),
        })
    }

    fn arm(&mut self, pattern: Option<&str>, depth: u64) -> Vec<Node> {
        let mut nodes =
            vec![pattern.map_or_else(|| self.of(&["map(|n: u64| n + 1)", "skip(1)"]), |text| Node::Word(text.into()))];
        self.steps(depth, &mut nodes);
        nodes
    }

    fn closed_arm(&mut self, pattern: Option<&str>, depth: u64) -> Vec<Node> {
        let mut nodes = self.arm(pattern, depth);
        nodes.push(self.of(SINKS));
        nodes
    }
}
