//! What sources that ask are told of their items, beside what is known of these.

use aqueduct::Verdict;

use super::plan::Fault;
use super::tree::{Part, Shape, Step};

/// All that is known of the tokens of a run.
#[derive(Debug, Default)]
pub struct Answers {
    /// What comes of an item is dropped by nobody but the test's own code, so that it is known when it is.
    exact: bool,
    /// Whatever comes of an item has a token.
    all_asked: bool,
    /// Of each item of the test: what it came of, as long as it is inside.
    of: Vec<Vec<usize>>,
    asked: Vec<Asked>,
    /// Of each sink, what came to it.
    came: Vec<Vec<usize>>,
    /// What failed at what: the number of the hit. Of an item that panics when it is dropped it is not known.
    guilty: Vec<(usize, Vec<usize>)>,
    /// Something has failed, or panicked.
    failed: bool,
    wrong: Option<String>,
}

/// An item that a source has given with a token.
#[derive(Debug, Default)]
struct Asked {
    told: Vec<Verdict>,
    /// How many items that came of it are inside.
    inside: usize,
}

impl Answers {
    pub fn new(shape: &Shape) -> Self {
        let lets_go = |part: &Part<'_>| match part {
            Part::Step(_, step) => step.drops() || matches!(step, Step::Debounce | Step::Sample),
            _ => false,
        };
        // The copies of a `tap` have no token.
        let all_asked = !shape.has(|part| matches!(part, Part::Step(_, Step::Tap(_))));
        let exact = all_asked && !shape.ends_early() && !shape.has(lets_go);
        Self { exact, all_asked, came: vec![Vec::new(); shape.stages], ..Self::default() }
    }

    // What happens to items.

    /// An item was made, of another or of none.
    pub fn made(&mut self, slot: usize, other: Option<usize>) {
        debug_assert_eq!(slot, self.of.len(), "items are counted in their order");
        let of = other.map_or_else(Vec::new, |other| self.of[other].clone());
        of.iter().for_each(|number| self.asked[*number].inside += 1);
        self.of.push(of);
    }

    /// A source asks about an item of its own.
    pub fn asked(&mut self, slot: usize) -> usize {
        self.of[slot].push(self.asked.len());
        self.asked.push(Asked { told: Vec::new(), inside: 1 });
        self.asked.len() - 1
    }

    /// An item goes on for another, too.
    pub fn joined(&mut self, slot: usize, other: usize) {
        let mut of = std::mem::take(&mut self.of[other]);
        self.of[slot].append(&mut of);
    }

    /// A stage gives the item on.
    pub fn goes_on(&mut self, slot: usize) {
        let told = self.of[slot].iter().find(|number| self.asked[**number].told == [Verdict::Done]);
        if let Some(number) = told.filter(|_| self.all_asked) {
            self.wrong
                .get_or_insert(format!("item {number} was called done, and then a stage gave on what came of it"));
        }
    }

    /// It has come to a sink.
    pub fn came(&mut self, sink: usize, slot: usize) {
        self.goes_on(slot);
        self.came[sink].extend(&self.of[slot]);
    }

    /// It is no longer inside, or about to leave on purpose.
    pub fn let_go(&mut self, slot: usize) {
        for number in std::mem::take(&mut self.of[slot]) {
            self.asked[number].inside -= 1;
        }
    }

    /// A fault has come, at an item or not.
    pub fn hit(&mut self, hit: usize, fault: Fault, slot: Option<usize>) {
        if matches!(fault, Fault::Err | Fault::Panic) {
            self.failed = true;
            // The copies of a `tap` fail for themselves.
            let slot = slot.filter(|_| self.all_asked);
            self.guilty.extend(slot.map(|slot| (hit, self.of[slot].clone())));
        }
    }

    pub fn told(&mut self, number: usize, verdict: Verdict) {
        let asked = &mut self.asked[number];
        asked.told.push(verdict);
        if verdict == Verdict::Done && asked.inside > 0 && self.exact {
            self.wrong.get_or_insert(format!("item {number} was called done with {} of it inside", asked.inside));
        }
    }

    // What must hold.

    /// Of every run: each token has told once, none too early, and none of an item that something failed at says that it is done.
    pub fn check(&self) -> Result<(), String> {
        self.wrong.clone().map_or(Ok(()), Err)?;
        if let Some(number) = self.asked.iter().position(|asked| asked.told.len() != 1) {
            return Err(format!("of item {number} was told {:?}", self.asked[number].told));
        }
        let mut guilty = self.guilty.iter().flat_map(|(_, of)| of);
        if let Some(number) = guilty.find(|number| self.asked[**number].told == [Verdict::Done]) {
            return Err(format!("item {number} was called done, but a stage failed at it"));
        }
        let blamed = self.asked.iter().position(|asked| asked.told == [Verdict::Failed]);
        match blamed.filter(|_| !self.failed) {
            Some(number) => Err(format!("nothing failed at item {number}, but it was told so")),
            None => Ok(()),
        }
    }

    /// Of a run that has ended well, and in which nothing ends early.
    pub fn all_done(&self) -> Result<(), String> {
        match self.asked.iter().position(|asked| asked.told != [Verdict::Done]) {
            Some(number) => Err(format!("all went well, but of item {number} was told {:?}", self.asked[number].told)),
            None => Ok(()),
        }
    }

    /// Of sinks that give what came to them when the run has ended well, where it has not.
    pub fn none_done(&self, sinks: impl Iterator<Item = usize>) -> Result<(), String> {
        for sink in sinks.filter(|_| self.all_asked) {
            if let Some(number) = self.came[sink].iter().find(|number| self.asked[**number].told == [Verdict::Done]) {
                return Err(format!("item {number} was called done, but the output of s{sink} was dropped"));
            }
        }
        Ok(())
    }

    /// The first failure of the run came at that hit.
    pub fn failed(&self, hit: usize) -> Result<(), String> {
        let of = self.guilty.iter().filter(|(known, _)| *known == hit).flat_map(|(_, of)| of);
        match of.clone().find(|number| self.asked[**number].told != [Verdict::Failed]) {
            Some(number) => {
                Err(format!("the run failed at item {number}, of which was told {:?}", self.asked[*number].told))
            }
            None => Ok(()),
        }
    }
}
