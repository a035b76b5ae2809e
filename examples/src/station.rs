//! A weather station that pushes: it stands for a broker, a device or a library with callbacks, which cannot be asked for the next
//! item, but can be told to hold.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::mpsc;

/// Pushes the lines of a file, from a thread of its own, as fast as it can: through a channel without a limit.
#[derive(Debug)]
pub struct Station {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Mutex<bool>,
    changed: Condvar,
}

impl Station {
    /// Opens the file and starts to push. It stops at the end of the file, or when nobody receives any more.
    ///
    /// # Errors
    /// What opening the file gives.
    pub fn start(file: &Path) -> io::Result<(Self, mpsc::UnboundedReceiver<io::Result<String>>)> {
        let file = BufReader::new(File::open(file)?);
        let (sender, receiver) = mpsc::unbounded_channel();
        let state = Arc::new(State::default());
        let seen = Arc::clone(&state);
        thread::spawn(move || {
            for line in file.lines() {
                seen.wait_while_held();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok((Self { state }, receiver))
    }

    /// Holds the station, or lets it go on. Lines that are on their way still come.
    pub fn hold(&self, held: bool) {
        *self.state.held() = held;
        self.state.changed.notify_all();
    }
}

/// A station that is nobody's is not held: its thread goes on, and finds that nobody receives.
impl Drop for Station {
    fn drop(&mut self) {
        self.hold(false);
    }
}

impl State {
    fn held(&self) -> MutexGuard<'_, bool> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while_held(&self) {
        drop(self.changed.wait_while(self.held(), |held| *held));
    }
}
