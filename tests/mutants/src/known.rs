//! What is known of mutants: from this run and the last, and from the list of those that no test can catch.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::list::Mutant;
use crate::play::{MISSED, Outcome, UNVIABLE};

/// How the reason begins of a mutant that a test may catch, and may miss.
const CHANCE: &str = "Chance: ";

/// What became of mutants, by name; in a file as well, so that a run that was broken off can go on.
pub struct Outcomes {
    known: Mutex<HashMap<String, String>>,
    file: File,
}

impl Outcomes {
    /// In `folder`; those of the last run are kept if this one goes on from there.
    pub fn open(folder: &Path, go_on: bool) -> Result<Self, String> {
        let path = folder.join("outcomes.tsv");
        let text = if go_on { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        let known = text.lines().filter_map(|line| line.split_once('\t'));
        let known = known.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())).collect();
        let file = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .and_then(|()| OpenOptions::new().append(true).open(&path));
        Ok(Self { known: Mutex::new(known), file: file.map_err(|error| format!("{}: {error}", path.display()))? })
    }

    /// Forgets that mutants were missed: they are tried again.
    pub fn forget_missed(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, outcome| !outcome.starts_with(MISSED));
    }

    fn of(&self, mutant: &Mutant) -> Option<String> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&mutant.name).cloned()
    }

    pub fn is_unviable(&self, mutant: &Mutant) -> bool {
        self.of(mutant).is_some_and(|outcome| outcome == UNVIABLE)
    }

    /// Whether the mutant is still to be tried by the suite of this number.
    pub fn is_left(&self, mutant: &Mutant, suite: usize) -> bool {
        let Some(outcome) = self.of(mutant) else { return true };
        outcome.strip_prefix(MISSED).is_some_and(|by| by.trim().parse().is_ok_and(|by: usize| by < suite))
    }

    pub fn tell(&self, mutant: &Mutant, outcome: &Outcome) {
        let line = format!("{}\t{outcome}", mutant.name);
        println!("{line}");
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(mutant.name.clone(), outcome.to_string());
        // Without the file a run that is broken off begins anew.
        let _ = (&self.file).write_all((line + "\n").as_bytes());
    }

    /// A line for each file: how many mutants, and what became of them.
    pub fn figures(&self, mutants: &[Mutant]) {
        const KINDS: [&str; 4] = ["caught", "hung", UNVIABLE, MISSED];
        let mut files: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
        for mutant in mutants {
            let outcome = self.of(mutant).unwrap_or_default();
            let kind = KINDS.iter().position(|kind| outcome.starts_with(kind));
            for name in [&mutant.file, "all"] {
                let counts = files.entry(name).or_default();
                counts[4] += 1;
                kind.iter().for_each(|kind| counts[*kind] += 1);
            }
        }
        println!("{:36} mutants   caught   hung   do not compile   missed", "");
        for (file, [caught, hung, unviable, missed, all]) in files {
            println!("{file:36} {all:7}  {caught:7}  {hung:5}   {unviable:14}  {missed:7}");
        }
    }

    /// Says which missed mutants are not on the list, which mutants on it are caught although that is no matter of chance, and which rows of
    /// the files that begin like one of `files` are no mutant's; whether there are none.
    pub fn compare(&self, list: &Path, mutants: &[Mutant], files: &[String]) -> Result<bool, String> {
        let text = fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
        // A row of a table, in which a bar is escaped: | `file: what` | why |
        let text = text.replace("\\|", "|");
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let listed: HashMap<&str, &str> = rows.collect();
        let mut good = true;
        let is_meant = |row: &str| files.is_empty() || files.iter().any(|file| row.starts_with(file));
        for row in listed.keys().filter(|row| is_meant(row) && !mutants.iter().any(|mutant| mutant.name == **row)) {
            good = false;
            println!("on the list, and no mutant: {row}");
        }
        for mutant in mutants {
            let outcome = self.of(mutant).unwrap_or_default();
            let is_missed = outcome.starts_with(MISSED);
            let wrong = match listed.get(mutant.name.as_str()) {
                None if is_missed => "not on the list",
                Some(why) if !is_missed && !why.starts_with(CHANCE) => "on the list",
                _ => continue,
            };
            good = false;
            println!("{wrong}: {}: {outcome}", mutant.name);
        }
        Ok(good)
    }
}
