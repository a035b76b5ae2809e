//! What was done so far, and how much memory that took.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Seconds between two lines.
const EVERY: u64 = 10;

/// Seconds before memory is looked at: until then it may still come to its level.
const WARM_UP: usize = 30;

/// Seconds that must be looked at, or nothing can be said about memory.
const LEAST: usize = 60;

pub struct Report {
    plays: AtomicU64,
    items: AtomicU64,
    pauses: AtomicU64,
    memory: Mutex<Memory>,
}

/// Resident bytes, second by second, and what the line before said.
struct Memory {
    seconds: u64,
    samples: Vec<u64>,
    items: u64,
    pauses: u64,
}

impl Report {
    pub fn new(duration: Duration) -> Self {
        // Reserved, so that it does not grow itself.
        let samples = Vec::with_capacity(duration.as_secs() as usize + 120);
        Self {
            plays: AtomicU64::new(0),
            items: AtomicU64::new(0),
            pauses: AtomicU64::new(0),
            memory: Mutex::new(Memory { seconds: 0, samples, items: 0, pauses: 0 }),
        }
    }

    /// A play is over, and so many items have arrived in it.
    pub fn played(&self, items: u64) {
        self.plays.fetch_add(1, Ordering::Relaxed);
        self.items.fetch_add(items, Ordering::Relaxed);
    }

    /// So many pauses in a play.
    pub fn paused(&self, pauses: u64) {
        self.pauses.fetch_add(pauses, Ordering::Relaxed);
    }

    /// Called once a second: measures, and every tenth time prints a line.
    pub fn tick(&self) {
        let mut memory = self.memory.lock().expect("nobody panics here");
        memory.samples.extend(resident());
        let seconds = memory.seconds;
        memory.seconds += 1;
        if seconds == 0 || !seconds.is_multiple_of(EVERY) {
            return;
        }
        let (plays, items, pauses) = (
            self.plays.load(Ordering::Relaxed),
            self.items.load(Ordering::Relaxed),
            self.pauses.load(Ordering::Relaxed),
        );
        println!(
            "{seconds:>6} s {plays:>9} plays {items:>12} items {:>9} items/s {:>8} pauses/s {:>7.1} MiB",
            (items - memory.items) / EVERY,
            (pauses - memory.pauses) / EVERY,
            memory.samples.last().map_or(f64::NAN, |bytes| mib(*bytes)),
        );
        (memory.items, memory.pauses) = (items, pauses);
    }

    /// What is to be said at the end; an error if memory has grown.
    pub fn verdict(&self) -> Result<String, String> {
        let plays = self.plays.load(Ordering::Relaxed);
        let memory = flat(&self.memory.lock().expect("nobody panics here").samples)?;
        Ok(format!("{plays} plays, every item accounted for; {memory}"))
    }
}

/// Whether memory was flat: its median in the last third of the time against that in the first, after the warm-up.
fn flat(samples: &[u64]) -> Result<String, String> {
    let looked_at = samples.get(WARM_UP..).unwrap_or_default();
    if looked_at.len() < LEAST {
        return Ok("too short a run, or no /proc, to say whether memory is flat".to_owned());
    }
    let third = looked_at.len() / 3;
    let (first, last) = (median(&looked_at[..third]), median(&looked_at[looked_at.len() - third..]));
    let said = format!("memory {:.1} MiB in the first third, {:.1} MiB in the last", mib(first), mib(last));
    // What an allocator keeps for later comes and goes by some of this.
    if last > first + first / 10 + (2 << 20) { Err(said) } else { Ok(said) }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// The memory of this process that is in use, where there is a `/proc`.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::{LEAST, WARM_UP, flat};

    /// So many bytes more each second, from 10 MiB.
    fn growing(by: u64) -> Vec<u64> {
        (0..(WARM_UP + LEAST) as u64).map(|second| (10 << 20) + by * second).collect()
    }

    #[test]
    fn memory_that_grows_is_refused() {
        assert_eq!(flat(&growing(0)).unwrap(), "memory 10.0 MiB in the first third, 10.0 MiB in the last");
        assert!(flat(&growing(1 << 10)).is_ok());
        assert!(flat(&growing(100 << 10)).unwrap_err().contains("MiB in the last"));
    }

    #[test]
    fn a_start_that_needs_memory_is_not_held_against_what_follows() {
        let mut samples = growing(0);
        samples[..WARM_UP].fill(1);
        assert!(flat(&samples).is_ok());
        assert!(flat(&samples[..WARM_UP + LEAST - 1]).unwrap().contains("too short"));
    }
}
