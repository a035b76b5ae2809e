//! Text that nobody would write: never a panic, always the same output, never more than a few tokens for one.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::expand as expansion_of;

/// What any expansion may have, and how many tokens for each of the text's.
const ALWAYS: usize = 600;
const EACH: usize = 32;

fn expand(input: TokenStream) -> TokenStream {
    crate::time_limit::begin();
    let before = count(input.clone());
    let output = expansion_of(input);
    let after = count(output.clone());
    assert!(after <= ALWAYS + EACH * before, "{before} tokens became {after}: {output}");
    output
}

/// How many tokens there are, those within groups too.
fn count(tokens: TokenStream) -> usize {
    let (mut count, mut open) = (0, vec![tokens]);
    while let Some(tokens) = open.pop() {
        for token in tokens {
            count += 1;
            if let TokenTree::Group(group) = token {
                open.push(group.stream());
            }
        }
    }
    count
}

/// A small generator of numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

const WORDS: &[&str] = &[
    "let",
    "as",
    "match",
    "move",
    "if",
    "broadcast",
    "tap",
    "parallel",
    "iter",
    "map",
    "queue",
    "map_async",
    "collect",
    "discard",
    "merge",
    "from",
    "a",
    "b",
    "_",
    "async",
    "low",
    "overflow",
    "fail",
    "crate",
    "name",
    "Ok",
    "x",
    "batch",
    "enumerate",
    "for_each",
    "dyn",
    "return",
    "zip",
    "concat",
    "interleave",
    "prefer",
    "skip",
    "latest",
];

fn token(random: &mut Random, depth: usize) -> Vec<TokenTree> {
    let punct = |c, spacing| TokenTree::from(Punct::new(c, spacing));
    match random.below(10) {
        0..=3 => vec![Ident::new(WORDS[random.below(WORDS.len())], Span::call_site()).into()],
        4 | 5 => vec![punct('-', Spacing::Joint), punct('>', Spacing::Alone)],
        6 => {
            let literals = ["0", "3", "5ms", "1.5s", "64KiB", "7zz", "0x1s", "\"t\"", "'c'", "1e3"];
            vec![literals[random.below(literals.len())].parse::<Literal>().unwrap().into()]
        }
        7 => {
            let c = [';', ',', '=', '?', '|', '#', '!', ':', '<', '>', '.', '&', '-'][random.below(13)];
            vec![punct(c, if random.below(2) == 0 { Spacing::Joint } else { Spacing::Alone })]
        }
        _ if depth < 5 => {
            let delimiter =
                [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None][random.below(4)];
            vec![Group::new(delimiter, tokens(random, depth + 1)).into()]
        }
        _ => vec![],
    }
}

fn tokens(random: &mut Random, depth: usize) -> TokenStream {
    (0..random.below(14)).flat_map(|_| token(random, depth)).collect()
}

#[test]
fn random_text() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..20_000 {
        let input = tokens(&mut random, 0);
        let output = expand(input.clone());
        assert_eq!(output.to_string(), expand(input).to_string());
    }
}

const SOUND: &[&str] = &[
    "#![queue = 8] let a = lines(r, max = 1KiB)? as text; a -> map(|x| x)? -> queue(4, low = 2) -> map_async(3, async move |x| x)? -> collect::<Vec<_>>()",
    "iter(0..3) -> match { Ok(x) if x > 3 => x -> map(f), Err(e) => e -> discard() } -> batch(10, 1.5s, bytes = 64KiB) -> for_each(|x| x)?",
    "let (a, b, c) = iter(x) -> queue(4) -> broadcast; let (d, e) = b -> skip(3) -> broadcast; zip(a, d -> windows(2), concat(c, iter(y))) -> tap { queue(2, overflow = drop_oldest) -> count() } -> count(); interleave(e, iter(z)) -> discard()",
    "prefer(iter(x), _) -> parallel(2) { match move { 0 if x => 1 -> broadcast { map(f), count() }, n => n -> then(f)? as t } } -> latest() -> _",
    "let (a, b) = _: u8 -> broadcast; merge(a -> map(f), b, iter(x)) -> tap { filter(f) -> count() } -> parallel(3) { map(f) } -> _",
];

/// A pipeline by the grammar: its streams are used, mostly once, and its blocks nest.
struct Writer<'r> {
    random: &'r mut Random,
    names: Vec<String>,
    made: usize,
}

impl Writer<'_> {
    fn one_of(&mut self, words: &[&str]) -> String {
        words[self.random.below(words.len())].to_owned()
    }

    fn pipeline(&mut self) -> String {
        let mut text = self.one_of(&["", "#![queue = 2] ", "#![queue = n] "]);
        for _ in 0..self.random.below(4) {
            let (count, chain) = (1 + self.random.below(3), self.chain(0));
            let names: Vec<_> = (self.made..self.made + count).map(|n| format!("v{n}")).collect();
            self.made += count;
            match count {
                1 => text.push_str(&format!("let {} = {chain}; ", names[0])),
                _ => text.push_str(&format!("let ({}) = {chain} -> broadcast; ", names.join(", "))),
            }
            self.names.extend(names);
        }
        while !self.names.is_empty() && self.random.below(30) > 0 {
            let sink = self.one_of(&["count()", "discard()", "map(g) -> queue(3) -> for_each(f)?", "collect()"]);
            text.push_str(&format!("{} -> {sink}; ", self.chain(0)));
        }
        text
    }

    fn chain(&mut self, depth: usize) -> String {
        let mut text = self.head(depth);
        self.steps(depth, &mut text);
        text
    }

    fn head(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 if self.random.below(6) == 0 => "_".into(),
            1 | 2 if depth < 4 => {
                let word = self.one_of(&["merge", "concat", "zip", "interleave", "prefer"]);
                let inputs: Vec<_> = (0..2 + self.random.below(5) / 4).map(|_| self.chain(depth + 1)).collect();
                format!("{word}({})", inputs.join(", "))
            }
            3 => "iter(x)".into(),
            _ if self.names.is_empty() => "iter(y)?".into(),
            _ => self.names.swap_remove(self.random.below(self.names.len())),
        }
    }

    fn steps(&mut self, depth: usize, text: &mut String) {
        for _ in 0..self.random.below(4) {
            let step = self.step(depth);
            text.push_str(&format!(" -> {step}"));
        }
    }

    fn step(&mut self, depth: usize) -> String {
        if depth > 3 || self.random.below(5) > 0 {
            return self.one_of(&[
                "map(f)",
                "scan(0, f)?",
                "inspect(f)",
                "map_async(2, f)",
                "filter(f)",
                "skip(3)",
                "skip(n)",
                "windows(4)",
                "queue(3)",
                "queue(4, low = 1)",
                "queue(3, overflow = fail)",
                "latest()",
                "then(f)",
                "flat_map(f)",
                "batch(2, 1s)",
                "take(3)",
            ]);
        }
        let word = self.one_of(&["match", "match move", "broadcast", "tap", "parallel(2)"]);
        let one = !word.starts_with(['m', 'b']);
        let count = if one { 1 } else { 1 + self.random.below(3) };
        let mut arms: Vec<_> = (0..count).map(|_| self.arm(depth + 1, word.starts_with("match"))).collect();
        if word == "tap" && self.random.below(4) > 0 {
            arms = vec!["filter(f) -> count()".into()];
        } else if self.random.below(2) == 0 && !one {
            arms.push(if word == "broadcast" { "map(f)".into() } else { "n => n".into() });
        }
        format!("{word} {{ {} }}", arms.join(", "))
    }

    fn arm(&mut self, depth: usize, of_match: bool) -> String {
        let mut text = if of_match { "Some(n) => n".into() } else { self.step(depth) };
        self.steps(depth, &mut text);
        if self.random.below(2) == 0 {
            text.push_str(" -> discard()");
        }
        text
    }
}

#[test]
fn text_by_the_grammar() {
    let mut random = Random(0x0DDB_1A5E_5BAD_5EED);
    let mut sound = 0;
    for _ in 0..1_500 {
        let text = Writer { random: &mut random, names: Vec::new(), made: 0 }.pipeline();
        let output = expand(text.parse().unwrap()).to_string();
        assert_eq!(output, expand(text.parse().unwrap()).to_string(), "{text}");
        sound += usize::from(!output.contains("compile_error"));
    }
    assert!(sound > 200, "only {sound} texts are without mistakes");
}

/// Many copies that meet in many fan-ins: the rule on them takes its time, but not for ever.
#[test]
fn copies_that_meet_often() {
    for step in ["", " -> skip(7)", " -> filter(f)"] {
        let mut text = String::from("let s0 = iter(x); ");
        for n in 0..40 {
            text.push_str(&format!("let (a{n}, b{n}) = s{n} -> broadcast; let s{} = zip(a{n}{step}, b{n}); ", n + 1));
        }
        text.push_str("s40 -> discard()");
        expand(text.parse().unwrap());
    }
}

#[test]
fn mutated_text() {
    let mut random = Random(7);
    for round in 0..9_000 {
        let mut trees: Vec<TokenTree> =
            SOUND[round % SOUND.len()].parse::<TokenStream>().unwrap().into_iter().collect();
        for _ in 0..=random.below(3) {
            let at = random.below(trees.len().max(1)).min(trees.len().saturating_sub(1));
            match random.below(4) {
                0 => drop(trees.remove(at)),
                1 => trees.insert(at, trees[at].clone()),
                2 => drop(trees.splice(at..at, token(&mut random, 3))),
                _ => {
                    let other = random.below(trees.len());
                    trees.swap(at, other);
                }
            }
            if trees.is_empty() {
                break;
            }
        }
        expand(trees.into_iter().collect());
    }
}

#[test]
fn deep_text() {
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("[", "]"),
        ("map(", ")"),
        ("broadcast {", "}"),
        ("merge(", ")"),
        ("match { x => x -> ", "}"),
    ] {
        let text = format!("iter(x) -> map({}x{}) -> {0}x{1}", open.repeat(3_000), close.repeat(3_000));
        expand(text.replace("{0}", open).replace("{1}", close).parse().unwrap());
        expand(format!("iter(x) -> {}discard(){}", open.repeat(3_000), close.repeat(3_000)).parse().unwrap());
        expand(format!("{}x{}", open.repeat(3_000), close.repeat(3_000)).parse().unwrap());
    }
    for prefix in ["!", "|x| ", "return ", "a = ", "&mut ", "if a {} else ", "*", "- ", "x..", "move |y| "] {
        expand(format!("iter(x) -> map({}x) -> discard()", prefix.repeat(20_000)).parse().unwrap());
        expand(format!("_: {}x -> discard()", prefix.repeat(5_000)).parse().unwrap());
        expand(format!("a -> match {{ {} => x }}", prefix.repeat(5_000)).parse().unwrap());
    }
}
