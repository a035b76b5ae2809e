//! A source that asks, and who hears the answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aqueduct::{Ack, AckSource, BoxError, Verdict};

/// What has become of each item, told so far.
#[derive(Clone, Debug)]
pub struct Told(Arc<Mutex<Vec<Vec<Verdict>>>>);

impl Told {
    /// A letter for each item; `.` also stands for one that was never given.
    ///
    /// # Panics
    /// When of one was told twice.
    pub fn text(&self) -> String {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let letter = |told: &Vec<Verdict>| match told[..] {
            [] => '.',
            [Verdict::Done] => 'd',
            [Verdict::Dropped] => '-',
            [Verdict::Failed] => 'F',
            _ => panic!("told more than once: {told:?}"),
        };
        told.iter().map(letter).collect()
    }

    /// The token of item `n`.
    pub fn token(&self, n: usize) -> Ack {
        let told = Arc::clone(&self.0);
        Ack::new(move |verdict| told.lock().unwrap_or_else(PoisonError::into_inner)[n].push(verdict))
    }

    pub fn new(items: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Vec::new(); items])))
    }
}

/// Gives the numbers from 0, and asks about each.
#[derive(Debug)]
pub struct Asked {
    next: usize,
    items: usize,
    pause: Duration,
    end: End,
    told: Told,
}

#[derive(Debug)]
enum End {
    Ends,
    Waits,
    Fails,
}

/// A source of so many numbers, and what it is told.
pub fn asked(items: usize) -> (Asked, Told) {
    let told = Told::new(items);
    (Asked { next: 0, items, pause: Duration::ZERO, end: End::Ends, told: told.clone() }, told)
}

impl Asked {
    /// One each millisecond.
    pub fn slow(self) -> Self {
        Self { pause: Duration::from_millis(1), ..self }
    }

    /// After its items it gives nothing more, and does not end.
    pub fn waits(self) -> Self {
        Self { end: End::Waits, ..self }
    }

    /// After its items it fails.
    pub fn fails(self) -> Self {
        Self { end: End::Fails, ..self }
    }
}

impl AckSource for Asked {
    type Item = usize;

    async fn next(&mut self) -> Result<Option<(usize, Ack)>, BoxError> {
        if self.next < self.items {
            if !self.pause.is_zero() {
                tokio::time::sleep(self.pause).await;
            }
            let n = self.next;
            self.next += 1;
            return Ok(Some((n, self.told.token(n))));
        }
        match self.end {
            End::Ends => Ok(None),
            End::Waits => std::future::pending().await,
            End::Fails => Err("the source has failed".into()),
        }
    }
}

/// Runs `from(asked(n)) -> STAGES` to its end: its outcome, and what was told then.
#[macro_export]
macro_rules! told {
    ($n:literal; $($stages:tt)*) => {{
        let (source, told) = $crate::kit::asked($n);
        let outcome = aqueduct::pipeline! { #![queue = 64] from(source) -> $($stages)* }.run().await;
        (outcome.map(drop).map_err(|error| error.kind()), told.text())
    }};
}

/// Runs `from(asked(n).waits()) -> STAGES` into a sink that never ends what it has begun, then aborts: what was told before and after.
#[macro_export]
macro_rules! stuck {
    ($n:literal; $($stages:tt)*) => {{
        let (source, told) = $crate::kit::asked($n);
        let running = aqueduct::pipeline! {
            #![queue = 64]
            from(source.slow().waits()) -> $($stages)* -> queue(64) -> for_each_async(1, aqueduct_tests::pieces::never)
        }
        .spawn();
        aqueduct_tests::pieces::an_hour().await;
        let before = told.text();
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), aqueduct::ErrorKind::Aborted);
        (before, told.text())
    }};
}
