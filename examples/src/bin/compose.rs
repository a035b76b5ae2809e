//! A pipeline made of parts: segments that functions give, nested in one another, one of them used twice, one spawned alone.
//!
//! ```text
//! cargo run -p aqueduct-examples --bin compose
//! ```

use std::fs::File;

use aqueduct::{BoxError, Sink, Source, Transform, pipeline};
use futures_util::StreamExt;
use serde::Deserialize;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/seattle-weather.csv");

/// A day of weather, as the file has it.
#[derive(Clone, Deserialize)]
struct Day {
    date: String,
    precipitation: f64,
    temp_max: f64,
}

/// A source: the days of one year.
fn days(file: csv::Reader<File>, year: &'static str) -> impl Source<Item = Day> {
    pipeline! {
        iter_blocking(file.into_deserialize::<Day>())? as csv -> filter(move |day| day.date.starts_with(year)) -> _
    }
}

/// A stage: the average of each `days` days in a row.
fn average(days: usize) -> impl Transform<f64, Out = f64> {
    pipeline! {
        _: f64 -> windows(days) -> map(move |last| last.iter().sum::<f64>() / days as f64) as mean -> _
    }
}

/// A sink, with a segment in it and two sinks of its own: its output is theirs.
fn extremes() -> impl Sink<f64, Output = (Option<f64>, Option<f64>)> {
    pipeline! {
        _: f64 -> via(average(7)) as week -> broadcast {
            reduce(f64::min) as least,
            reduce(f64::max) as most,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // Composed, the parts are one pipeline: one graph, one run, the same signals. `extremes` is used twice; a stage is named after the
    // segments around it.
    let file = csv::Reader::from_path(FILE)?;
    let year = pipeline! {
        #![queue = 64]
        from(days(file, "2015")) as days -> broadcast {
            map(|day| day.precipitation) as wet -> into(extremes()) as rain,
            map(|day| day.temp_max) as warm -> queue(16) -> into(extremes()) as heat,
        }
    };
    println!("{}", year.graph().to_mermaid());
    let (rain, heat) = year.run().await?;
    if let ((Some(driest), Some(wettest)), (Some(coldest), Some(hottest))) = (rain, heat) {
        println!("a week of 2015 had from {driest:.1} to {wettest:.1} mm of rain a day");
        println!("and from {coldest:.1} to {hottest:.1} degrees");
    }

    // Alone, a segment is a stream of its own: values are sent in at one end and come out at the other.
    let (inlet, mut outlet, running) = average(3).spawn();
    for value in [1.0, 2.0, 6.0, 7.0] {
        inlet.send(value).await?;
    }
    inlet.close();
    while let Some(mean) = outlet.next().await {
        println!("alone: {mean:.1}");
    }
    running.await?;
    Ok(())
}
