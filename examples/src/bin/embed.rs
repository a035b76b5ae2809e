//! A pipeline inside an application that owns the runtime: started, held, looked at, let go on and finished from ordinary,
//! synchronous code.
//!
//! ```text
//! cargo run -p aqueduct-examples --bin embed
//! ```

use std::time::Duration;

use aqueduct::{BoxError, Control, Inlet, PipelineError, Running, TrySendError, inlet, pipeline};
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;

/// Collects what the application has to tell, and stores it in batches: the handles of a pipeline, kept in a struct.
struct Collector {
    events: Inlet<String>,
    control: Control,
    running: Running<usize>,
}

impl Collector {
    /// Starts it on the runtime. `stored` follows how many events have been stored.
    fn start(runtime: &Runtime, stored: watch::Sender<usize>) -> Self {
        let (events, source) = inlet(4);
        let storing = pipeline! {
            #![name = "collector"]
            from(source) as events
                -> queue(8)
                -> batch(4, 10ms)
                -> fold(0, move |sum, batch| {
                    stored.send_replace(sum + batch.len());
                    sum + batch.len()
                })
        };
        let control = storing.control();
        let _inside = runtime.enter(); // `spawn` needs a runtime around it
        Self { events, control, running: storing.spawn() }
    }

    /// Takes an event, from any thread, without waiting. When the collector is full the event comes back: the caller knows
    /// whether it may be dropped.
    fn report(&self, event: impl Into<String>) -> Result<(), TrySendError<String>> {
        self.events.try_send(event.into())
    }

    /// How it does: what a health check or a metrics page would show.
    fn status(&self) -> String {
        let snapshot = self.control.snapshot();
        let state = if snapshot.paused { "held" } else { "running" };
        let taken = snapshot.stage("events").map_or(0, |stage| stage.items_out);
        let waiting = snapshot.links.first().map_or(0, |inlet| inlet.len); // links stand in the order of the text
        format!("{}: {state}, {taken} events taken, {waiting} waiting", snapshot.name)
    }

    /// Takes no more, lets what is inside come out, and gives the number stored. What takes longer than five seconds is cut off.
    async fn stop(self) -> Result<usize, PipelineError> {
        self.control.finish_within(Duration::from_secs(5));
        self.running.await
    }
}

fn main() -> Result<(), BoxError> {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build()?;
    let (stored, mut count) = watch::channel(0);
    let collector = Collector::start(&runtime, stored);

    for number in 1..=3 {
        collector.report(format!("event {number}"))?;
    }
    runtime.block_on(count.wait_for(|stored| *stored == 3))?;
    println!("{}", collector.status());

    // Held, it takes nothing more from its source: what is reported waits in the inlet, which holds four.
    collector.control.pause();
    let full = loop {
        if let Err(full) = collector.report("while held") {
            break full;
        }
    };
    println!("{}", collector.status());
    println!("no more: {full}");

    collector.control.resume();
    runtime.block_on(count.wait_for(|stored| *stored == 7))?;
    println!("{}", collector.status());

    // What was accepted is stored also when the end comes right behind it.
    collector.report("the last")?;
    let stored = runtime.block_on(collector.stop())?;
    println!("stored {stored} events");
    Ok(())
}
