//! Changes to a text: what a hand does to it that cuts, pastes and mistypes.

use aqueduct_tests::flow::Dice;

use super::text::{List, Node};

impl List {
    /// How many lists there are, with this one.
    fn count(&self) -> u64 {
        let within = self.nodes.iter().map(|node| if let Node::List(list) = node { list.count() } else { 0 });
        1 + within.sum::<u64>()
    }

    fn nth(&mut self, n: &mut u64) -> Option<&mut Self> {
        if *n == 0 {
            return Some(self);
        }
        *n -= 1;
        self.nodes.iter_mut().find_map(|node| if let Node::List(list) = node { list.nth(n) } else { None })
    }

    fn words<'l>(&'l mut self, all: &mut Vec<&'l mut String>) {
        for node in &mut self.nodes {
            match node {
                Node::Word(word) => all.push(word),
                Node::List(list) => list.words(all),
            }
        }
    }
}

/// What was changed of which rustc knows more than the macro, besides the arms.
#[derive(Clone, Copy, Default)]
pub struct Changed {
    /// A `?`: now a `Result` flows on, or is missing.
    pub tried: bool,
    /// The letters of an arm's pattern, or of its value.
    pub pattern: bool,
}

/// Changes one thing.
pub fn spoil(tree: &mut List, changed: &mut Changed, dice: &mut Dice) {
    if dice.below(3) == 0 { letters(tree, changed, dice) } else { structure(tree, dice) }
}

fn any<'t>(tree: &'t mut List, dice: &mut Dice) -> &'t mut List {
    let mut n = dice.below(tree.count());
    tree.nth(&mut n).expect("a list below the count")
}

fn place(list: &List, more: u64, dice: &mut Dice) -> usize {
    dice.below(list.nodes.len() as u64 + more) as usize
}

fn structure(tree: &mut List, dice: &mut Dice) {
    let list = any(tree, dice);
    if list.nodes.is_empty() {
        return;
    }
    let at = place(list, 0, dice);
    let node = list.nodes[at].clone();
    match dice.below(6) {
        0 => drop(list.nodes.remove(at)),
        1 => list.nodes.insert(at, node),
        2 => {
            let other = place(list, 0, dice);
            list.nodes.swap(at, other);
        }
        3 => list.between = [" ", ", ", "; ", " -> -> "][dice.below(4) as usize],
        move_or_copy => {
            if move_or_copy == 4 {
                list.nodes.remove(at);
            }
            let to = any(tree, dice);
            let at = place(to, 1, dice);
            to.nodes.insert(at, node);
        }
    }
}

fn letters(tree: &mut List, changed: &mut Changed, dice: &mut Dice) {
    let mut words = Vec::new();
    tree.words(&mut words);
    if words.is_empty() {
        return;
    }
    let word = words.swap_remove(dice.below(words.len() as u64) as usize);
    changed.pattern |= word.contains("=>");
    match dice.below(5) {
        // A letter of the operator's name too few, or two of them the wrong way round.
        0 => drop(word.remove(0)),
        1 => {
            let swapped: String = word.chars().take(2).collect::<Vec<_>>().into_iter().rev().collect();
            word.replace_range(..swapped.len(), &swapped);
        }
        2 => match word.find('(') {
            Some(at) if word[at + 1..].starts_with(|c: char| c.is_ascii_digit()) => {
                word.replace_range(at + 1..at + 2, "0");
            }
            _ => word.push_str(" as stage"),
        },
        3 => word.truncate(word.find('(').unwrap_or(word.len())),
        _ => {
            if word.ends_with('?') {
                word.pop();
            } else {
                word.push('?');
            }
            changed.tried = true;
        }
    }
}
