//! Writes a file anew, with a switch at each place: the mutant whose number is asked for is on, all others are off.

use std::ops::RangeInclusive;

use crate::list::{Genre, Mutant, Span};
use crate::places::{Place, places};

/// What the switched code calls; it becomes a module of the mutated crate.
pub const MODULE: &str = include_str!("module.rs");

/// A file with its switches.
pub struct Switched {
    pub text: String,
    /// The lines that belong to a mutant alone: what the compiler says of them, it says of the mutant.
    pub lines: Vec<(usize, RangeInclusive<usize>)>,
    /// Those that cannot be switched on while the program runs.
    pub alone: Vec<usize>,
    /// Those that cannot be.
    pub unviable: Vec<usize>,
}

/// One change of a file's text. A change within another is made in what is there without a mutant.
struct Change {
    span: Span,
    kind: Kind,
}

enum Kind {
    Head(Vec<usize>),
    Around(usize),
    Instead(Vec<(usize, String)>),
    Guard(usize),
}

/// `text` with a switch for each of `mutants`, which are those of this file.
pub fn switch(text: &str, mutants: &[&Mutant]) -> Result<Switched, String> {
    let places = places(text)?;
    let mut switched = Switched { text: String::new(), lines: Vec::new(), alone: Vec::new(), unviable: Vec::new() };
    let mut changes: Vec<Change> = Vec::new();
    for mutant in mutants {
        let id = mutant.id;
        let (span, kind) = match places.get(&(mutant.genre, mutant.span.start)).cloned() {
            Some(Place::Head(at)) => (at..at, Kind::Head(vec![id])),
            Some(Place::Around(inside)) if mutant.replacement == "::std::iter::empty()" => (inside, Kind::Around(id)),
            Some(Place::Instead(whole)) => {
                let (from, to) = (mutant.span.start, mutant.span.end);
                let instead = [&text[whole.start..from], &mutant.replacement, &text[to..whole.end]].concat();
                (whole, Kind::Instead(vec![(id, instead)]))
            }
            Some(Place::Guard(at)) => (at..at, Kind::Guard(id)),
            Some(Place::Unviable) => {
                switched.unviable.push(id);
                continue;
            }
            Some(Place::Around(_) | Place::Never) | None => {
                switched.alone.push(id);
                continue;
            }
        };
        let same = changes.iter_mut().find(|change| change.span == span);
        match (same.map(|change| &mut change.kind), kind) {
            (Some(Kind::Head(ids)), Kind::Head(more)) => ids.extend(more),
            (Some(Kind::Instead(texts)), Kind::Instead(more)) => texts.extend(more),
            (_, kind) => changes.push(Change { span, kind }),
        }
    }
    changes.sort_by_key(|change| (change.span.start, usize::MAX - change.span.end));
    let bodies: Vec<(usize, &str)> = mutants
        .iter()
        .filter(|mutant| mutant.genre == Genre::Body)
        .map(|mutant| (mutant.id, mutant.replacement.as_str()))
        .collect();
    let mut writer = Writer { text, bodies, changes: &changes, out: &mut switched };
    let rest = writer.write(0..text.len(), 0);
    debug_assert_eq!(rest, changes.len());
    // An expression stands there once for each of its mutants, so what it calls would be inlined as often, and what that calls: without end.
    switched.text = switched.text.replace("#[inline(always)]", "#[inline]");
    Ok(switched)
}

struct Writer<'a> {
    text: &'a str,
    /// What a body is replaced with.
    bodies: Vec<(usize, &'a str)>,
    changes: &'a [Change],
    out: &'a mut Switched,
}

impl Writer<'_> {
    /// Writes `span`, in which the changes from `next` on are; gives the first that is behind it.
    fn write(&mut self, span: Span, mut next: usize) -> usize {
        let (changes, mut at) = (self.changes, span.start);
        while let Some(change) = changes.get(next)
            && change.span.end <= span.end
            && change.span.start < span.end
        {
            self.out.text.push_str(&self.text[at..change.span.start]);
            at = change.span.end;
            next += 1;
            match &change.kind {
                Kind::Head(ids) => {
                    for id in ids {
                        let value = self.bodies.iter().find(|(of, _)| of == id).map_or("()", |(_, value)| value);
                        self.alone(*id, &format!("if crate::mutants::on({id}) {{ return {value}; }}"));
                    }
                }
                Kind::Around(id) => {
                    self.alone(*id, &format!("if crate::mutants::on({id}) {{ return crate::mutants::Items::Gone; }}"));
                    self.out.text.push_str("crate::mutants::Items::There({");
                    next = self.write(change.span.clone(), next);
                    self.out.text.push_str("})");
                }
                Kind::Instead(texts) => {
                    self.out.text.push('(');
                    for (id, instead) in texts {
                        self.alone(*id, &format!("if crate::mutants::on({id}) {{ {instead} }} else"));
                    }
                    self.out.text.push('{');
                    next = self.write(change.span.clone(), next);
                    self.out.text.push_str("})");
                }
                Kind::Guard(id) => self.alone(*id, &format!(" if !crate::mutants::on({id})")),
            }
        }
        self.out.text.push_str(&self.text[at..span.end]);
        next
    }

    /// Writes lines of a mutant's own.
    fn alone(&mut self, id: usize, text: &str) {
        self.out.text.push('\n');
        let from = self.out.text.lines().count() + 1;
        self.out.text.push_str(text);
        self.out.lines.push((id, from..=self.out.text.lines().count()));
        self.out.text.push('\n');
    }
}
