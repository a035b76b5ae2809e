//! A service at the other end of a network: slow, and sometimes not there.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

/// Knows to which group an animal belongs.
#[derive(Debug)]
pub struct Service {
    latency: Duration,
    failures: u64,
    calls: AtomicU64,
}

/// The service did not answer; it may the next time.
#[derive(Clone, Copy, Debug)]
pub struct Unavailable;

impl Service {
    /// A service that takes `latency` for each call; `failures` of a hundred calls fail, evenly spread.
    #[must_use]
    pub fn new(latency: Duration, failures: u64) -> Self {
        Self { latency, failures, calls: AtomicU64::new(0) }
    }

    /// Which group of animals this species belongs to.
    ///
    /// # Errors
    /// [`Unavailable`], now and then.
    pub async fn group_of(&self, species: &str) -> Result<&'static str, Unavailable> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        sleep(self.latency).await;
        let failed_by = |call| call * self.failures / 100;
        if failed_by(call + 1) > failed_by(call) { Err(Unavailable) } else { Ok(group(species)) }
    }

    /// How often it was called, failures included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

fn group(species: &str) -> &'static str {
    const GROUPS: [(&str, &[&str]); 5] = [
        ("mammal", &["deer", "coyote"]),
        ("gull", &["gull"]),
        ("bird of prey", &["hawk", "kestrel", "vulture", "owl"]),
        ("dove", &["dove", "pigeon"]),
        ("water bird", &["goose", "mallard", "heron", "egret", "plover", "killdeer"]),
    ];
    let species = species.to_lowercase();
    let found = GROUPS.iter().find(|(_, words)| words.iter().any(|word| species.contains(word)));
    match found {
        Some((group, _)) => group,
        None if species.starts_with("unknown") => "unknown",
        None => "songbird or other",
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service is not available")
    }
}

impl std::error::Error for Unavailable {}
