//! A text by the grammar: its streams are used, mostly once, and its blocks nest.

use super::choices::Choices;

const STEPS: &[&str] = &[
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
];

pub(super) fn pipeline(choices: &mut Choices<'_>) -> String {
    Writer { choices, names: Vec::new(), made: 0 }.pipeline()
}

struct Writer<'c, 'b> {
    choices: &'c mut Choices<'b>,
    /// The streams that are not used yet, and how many there were.
    names: Vec<String>,
    made: usize,
}

impl Writer<'_, '_> {
    fn pipeline(&mut self) -> String {
        let mut text = self.choices.of(&["", "#![queue = 2] ", "#![queue = n] "]).to_owned();
        for _ in 0..self.choices.below(4) {
            let (count, chain) = (1 + self.choices.below(3), self.chain(0));
            let names: Vec<_> = (self.made..self.made + count).map(|n| format!("v{n}")).collect();
            self.made += count;
            match count {
                1 => text.push_str(&format!("let {} = {chain}; ", names[0])),
                _ => text.push_str(&format!("let ({}) = {chain} -> broadcast; ", names.join(", "))),
            }
            self.names.extend(names);
        }
        while !self.names.is_empty() && self.choices.below(30) < 29 {
            let sink = self.choices.of(&["count()", "discard()", "map(g) -> queue(3) -> for_each(f)?", "collect()"]);
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
        match self.choices.below(8) {
            0..=3 if !self.names.is_empty() => self.names.swap_remove(self.choices.below(self.names.len())),
            4 if self.choices.below(6) == 5 => "_".into(),
            5 | 6 if depth < 4 => {
                let word = self.choices.of(&["merge", "concat", "zip", "interleave", "prefer"]);
                let inputs: Vec<_> = (0..2 + self.choices.below(5) / 4).map(|_| self.chain(depth + 1)).collect();
                format!("{word}({})", inputs.join(", "))
            }
            7 => "iter(x)".into(),
            _ => "iter(y)?".into(),
        }
    }

    fn steps(&mut self, depth: usize, text: &mut String) {
        for _ in 0..self.choices.below(4) {
            let step = self.step(depth);
            text.push_str(&format!(" -> {step}"));
        }
    }

    fn step(&mut self, depth: usize) -> String {
        if depth > 3 || self.choices.below(5) > 0 {
            return self.choices.of(STEPS).to_owned();
        }
        let word = self.choices.of(&["match", "match move", "broadcast", "tap", "parallel(2)"]);
        let one = !word.starts_with(['m', 'b']);
        let count = if one { 1 } else { 1 + self.choices.below(3) };
        let mut arms: Vec<_> = (0..count).map(|_| self.arm(depth + 1, word.starts_with("match"))).collect();
        if word == "tap" && self.choices.below(4) > 0 {
            arms = vec!["filter(f) -> count()".into()];
        } else if self.choices.below(2) == 0 && !one {
            arms.push(if word == "broadcast" { "map(f)".into() } else { "n => n".into() });
        }
        format!("{word} {{ {} }}", arms.join(", "))
    }

    fn arm(&mut self, depth: usize, of_match: bool) -> String {
        let mut text = if of_match { "Some(n) => n".into() } else { self.step(depth) };
        self.steps(depth, &mut text);
        if self.choices.below(2) == 0 {
            text.push_str(" -> discard()");
        }
        text
    }
}
