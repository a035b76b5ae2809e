//! Text that nobody would write: never a panic, always the same output, never more than a few tokens for one.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::expand;

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
    crate::time_limit::begin();
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
    "let (a, b) = _: u8 -> broadcast; merge(a -> map(f), b, iter(x)) -> tap { filter(f) -> count() } -> parallel(3) { map(f) } -> _",
];

#[test]
fn mutated_text() {
    crate::time_limit::begin();
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
    crate::time_limit::begin();
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

#[test]
fn output_grows_with_the_text() {
    crate::time_limit::begin();
    let size = |steps: usize| {
        let text = format!("iter(x) -> {}discard()", "map(f) -> queue(3) -> ".repeat(steps));
        expand(text.parse().unwrap()).to_string().len()
    };
    assert!(size(400) < 21 * size(20));
}
