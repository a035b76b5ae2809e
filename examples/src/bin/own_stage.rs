//! A source, a stage and a sink of one's own: days of weather from a station that pushes, joined into spells, the longest of
//! each kind kept.
//!
//! ```text
//! cargo run -p aqueduct-examples --bin own_stage
//! ```

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use aqueduct::{BoxError, Emitter, Signal, Sink, Source, Transform, pipeline};
use aqueduct_examples::station::Station;
use tokio::sync::mpsc::UnboundedReceiver;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/seattle-weather.csv");

/// The station cannot be asked for the next day: it pushes, through a channel without a limit, until it is told to hold. So the
/// signals of the pipeline go on to it, and what waits in the channel stays little.
struct Days {
    station: Station,
    lines: UnboundedReceiver<io::Result<String>>,
    holds: u32,
}

impl Source for Days {
    type Item = String;

    /// Cancel safe, as it must be: `recv` loses nothing when it is dropped.
    async fn next(&mut self) -> Result<Option<String>, BoxError> {
        Ok(self.lines.recv().await.transpose()?)
    }

    fn on_signal(&mut self, signal: Signal) {
        self.station.hold(signal == Signal::Pause);
        self.holds += u32::from(signal == Signal::Pause);
    }

    /// Called once, whichever way the stream ended: here a subscription would be cancelled.
    async fn close(&mut self) {
        eprintln!("the station was told to hold {} times", self.holds);
    }
}

/// Days in a row with the same weather.
struct Spell {
    weather: String,
    first: String,
    days: u32,
}

/// Joins days into spells. A spell leaves when the weather changes; the last one leaves in `finish`.
#[derive(Default)]
struct Spells {
    current: Option<Spell>,
}

impl Transform<String> for Spells {
    type Out = Spell;

    async fn apply(&mut self, line: String, out: &mut Emitter<'_, Spell>) -> Result<(), BoxError> {
        let not_a_day = || format!("not a day of weather: `{line}`");
        let (date, _) = line.split_once(',').ok_or_else(not_a_day)?;
        let (_, weather) = line.rsplit_once(',').ok_or_else(not_a_day)?;
        match &mut self.current {
            Some(spell) if spell.weather == weather => spell.days += 1,
            current => {
                let next = Spell { weather: weather.to_owned(), first: date.to_owned(), days: 1 };
                if let Some(over) = current.replace(next) {
                    out.emit(over).await; // waits while the link below is paused
                }
            }
        }
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, Spell>) -> Result<(), BoxError> {
        if let Some(last) = self.current.take() {
            out.emit(last).await;
        }
        Ok(())
    }
}

/// Keeps the longest spell of each kind of weather. What `finish` gives is the output of the pipeline.
#[derive(Default)]
struct Longest {
    of: BTreeMap<String, Spell>,
}

impl Sink<Spell> for Longest {
    type Output = BTreeMap<String, Spell>;

    async fn write(&mut self, spell: Spell) -> Result<(), BoxError> {
        tokio::time::sleep(Duration::from_millis(1)).await; // slower than the station
        let longest = self.of.get(&spell.weather).map_or(0, |longest| longest.days);
        if spell.days > longest {
            self.of.insert(spell.weather.clone(), spell);
        }
        Ok(())
    }

    async fn finish(self) -> Result<Self::Output, BoxError> {
        Ok(self.of)
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let (station, lines) = Station::start(Path::new(FILE)).map_err(|error| format!("cannot open {FILE}: {error}"))?;
    let longest = pipeline! {
        from(Days { station, lines, holds: 0 })
            -> skip(1)                     // the heading
            -> queue(32)
            -> via(Spells::default())
            -> queue(8)
            -> into(Longest::default())
    };
    for Spell { weather, first, days } in longest.run().await?.values() {
        println!("{weather}: {days} days from {first} on");
    }
    Ok(())
}
