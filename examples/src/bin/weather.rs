//! A real file, line by line: how much rain fell in Seattle, year by year. Closures borrow from `main`, so the pipeline runs
//! inside it, with `run_local`.
//!
//! ```text
//! cargo run -p aqueduct-examples --bin weather
//! ```

use std::collections::BTreeMap;

use aqueduct::{BoxError, pipeline};
use tokio::fs::File;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/seattle-weather.csv");

/// The year and the millimetres of rain of a line like `2012-01-02,10.9,10.6,2.8,4.5,rain`.
fn parse(line: &str) -> Result<(u16, f64), BoxError> {
    let mut fields = line.split(',');
    let mut field = |name| fields.next().ok_or_else(|| format!("no {name} in `{line}`"));
    let year = field("date")?.split('-').next().unwrap_or_default().parse()?;
    Ok((year, field("rain")?.parse()?))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut days = 0;
    let years = pipeline! {
        lines(File::open(FILE).await?)?
            -> filter(|line| !line.starts_with("date"))
            -> map(|line| parse(&line))?
            -> inspect(|_| days += 1)
            -> fold(BTreeMap::new(), |mut years, (year, rain)| {
                *years.entry(year).or_insert(0.0) += rain;
                years
            })
    }
    .run_local()
    .await?;

    println!("{days} days");
    for (year, rain) in &years {
        println!("{year}: {rain:.0} mm of rain");
    }
    Ok(())
}
