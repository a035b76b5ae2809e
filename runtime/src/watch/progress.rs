//! A progress bar.

use std::pin::pin;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::time::timeout;

use crate::{Control, Name, Snapshot};

/// Between two looks at the pipeline.
const FRAME: Duration = Duration::from_millis(100);

const STYLE: &str = "{prefix} [{bar:40}] {percent} %, {human_pos} of {human_len}, {eta} left";

/// Shows a progress bar on stderr for each source that knows how many items it will give, with the time that is left, until the pipeline ends.
///
/// An `iter` knows it if its iterator does. Without such a source, or without a terminal, nothing is shown.
///
/// ```
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let counting = pipeline! { iter(0..1000u32) as numbers -> map_async(4, async |n| n) -> count() };
/// let control = counting.control();
/// let (count, ()) = tokio::join!(counting.run(), aqueduct::progress(&control));
/// assert_eq!(count?, 1000);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// Outside of a tokio runtime with its timer.
pub async fn progress(control: &Control) {
    let mut bars = Bars::default();
    let mut end = pin!(control.ended());
    while timeout(FRAME, &mut end).await.is_err() {
        bars.show(&control.snapshot());
    }
    bars.show(&control.snapshot());
    bars.each.iter().for_each(|(_, bar)| bar.abandon());
}

#[derive(Default)]
struct Bars {
    together: MultiProgress,
    each: Vec<(Name, ProgressBar)>,
}

impl Bars {
    fn show(&mut self, now: &Snapshot) {
        for stage in &now.stages {
            let Some(expected) = stage.expected else { continue };
            let bar = self.bar(&stage.name);
            bar.set_length(expected);
            bar.set_position(stage.items_out);
        }
    }

    /// The bar of a source; a new one when it is seen to know its length.
    fn bar(&mut self, source: &Name) -> &ProgressBar {
        let known = self.each.iter().position(|(name, _)| name == source).unwrap_or_else(|| {
            let style = ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::no_length().with_style(style).with_prefix(source.to_string());
            self.each.push((source.clone(), self.together.add(bar)));
            self.each.len() - 1
        });
        &self.each[known].1
    }
}
