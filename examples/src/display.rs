//! Shows a running pipeline: a gauge for each link, and every Pause and Drain.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use aqueduct::{Control, LinkSnapshot, SignalEvent, Signals};
use futures_util::StreamExt;
use tokio::time::{Instant, interval};

/// Shows the pipeline until it ends. On a terminal the gauges are redrawn in place; elsewhere they are lines among the others.
///
/// `signals` is taken before the pipeline starts, so that not even the first is missed.
pub async fn show(control: Control, mut signals: Signals) {
    let mut screen = Screen { start: Instant::now(), terminal: io::stdout().is_terminal() };
    let mut frame = interval(Duration::from_millis(if screen.terminal { 50 } else { 250 }));
    loop {
        tokio::select! {
            biased;
            event = signals.next() => match event {
                Some(event) => screen.signal(&event),
                None => return screen.clear(),
            },
            _ = frame.tick() => screen.gauges(&control.snapshot().links),
        }
    }
}

/// Where the lines go. Nobody reading them is no reason to stop, so errors of writing are let be.
struct Screen {
    start: Instant,
    terminal: bool,
}

impl Screen {
    fn signal(&mut self, event: &SignalEvent) {
        let SignalEvent { link, from, signal, len, at, missed, .. } = event;
        let at = at.saturating_duration_since(self.start).as_secs_f64();
        self.clear();
        if *missed > 0 {
            let _ = writeln!(io::stdout(), "          ({missed} signals came too fast to be shown)");
        }
        let _ = writeln!(io::stdout(), "{at:7.3} s  {link} [{signal:?}] tells `{from}`, at {}", kib(*len));
    }

    fn gauges(&mut self, links: &[LinkSnapshot]) {
        self.clear();
        let gauges: Vec<_> = links.iter().map(gauge).collect();
        let line = format!("{:7.3} s  {}", self.start.elapsed().as_secs_f64(), gauges.join("  "));
        let _ = if self.terminal { write!(io::stdout(), "{line}") } else { writeln!(io::stdout(), "{line}") };
        let _ = io::stdout().flush();
    }

    /// Takes the gauges off the terminal.
    fn clear(&mut self) {
        if self.terminal {
            let _ = write!(io::stdout(), "\r\x1b[K");
            let _ = io::stdout().flush();
        }
    }
}

fn gauge(link: &LinkSnapshot) -> String {
    const WIDTH: usize = 32;
    let full = (link.len * WIDTH).div_ceil(link.capacity).min(WIDTH);
    let bar = "#".repeat(full) + &".".repeat(WIDTH - full);
    let state = if link.paused { ", paused" } else { "" };
    format!("{} [{bar}] {} of {}{state}", link.name, kib(link.len), kib(link.capacity))
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
