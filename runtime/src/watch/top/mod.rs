//! A pipeline in the terminal. An item's way through this folder: [`session`] takes snapshots, on a thread of its own; [`tree`] has made rows of
//! the graph; [`screen`] draws them into [`columns`], with the [`figures`] that people read; [`terminal`] has the screen; [`keys`] says what a
//! key means. [`plain`] is what there is without a terminal.

mod columns;
mod figures;
mod keys;
mod plain;
mod screen;
mod session;
mod terminal;
#[cfg(test)]
mod tests;
mod tree;

use std::io::{self, stderr};
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use self::session::Session;
use self::terminal::Taken;
use crate::Control;

/// Shows a pipeline in the terminal until it ends: the graph as a tree, how each stage spends its time, how full each link is, rates and totals,
/// the progress of sources that know their length, and who holds whom back.
///
/// A stage's bar is the last second: `B` it was busy, `W` it waited for a future of yours, a reader, a writer or a timer, `X` it was blocked because
/// its output was paused, `I` it was idle because nothing came. Stages of one task share its bar. Between the stages stand the links, each with a
/// gauge: `═`, or `┄` for one that a broker keeps, with the role below it.
///
/// | key | |
/// |---|---|
/// | `p` | [`pause`](Control::pause) |
/// | `r` | [`resume`](Control::resume) |
/// | `f` | [`finish`](Control::finish): the sources stop, what is inside comes out |
/// | Ctrl-C | the same; once it finishes, [`abort`](Control::abort) |
/// | `q` | leaves the display; the pipeline goes on |
/// | arrows, Page Up, Page Down | scroll a tree that is longer than the screen |
///
/// It is drawn on stderr, so stdout may go into a file or a pipe; stdin may be one too. Keys come from the terminal. While it is shown, a program
/// writes nothing else to that terminal. At the end the figures of the whole run are left there as text. The terminal is given back however
/// this ends, also when the future is dropped, and before the message of a panic; not after `std::process::exit`. Colours are left out if
/// `NO_COLOR` is set.
///
/// Where stderr is no terminal, or `TERM` is `dumb`, it writes a line a second instead, and one at the end.
///
/// It looks at the pipeline ten times a second, from a thread of its own: a terminal that is slow, or stuck, does not hold the runtime. It may start
/// before the run does.
///
/// ```no_run
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let copying = pipeline! { lines(tokio::io::stdin())? -> write_lines(tokio::io::sink()) };
/// let control = copying.control();
/// let (outcome, shown) = tokio::join!(copying.run(), aqueduct::top(&control));
/// shown?;
/// outcome?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the terminal, of kind [`ResourceBusy`](io::ErrorKind::ResourceBusy) if it shows another pipeline already. The pipeline goes on.
///
/// # Panics
/// Without a terminal, outside of a tokio runtime with its timer.
pub async fn top(control: &Control) -> io::Result<()> {
    let Some(taken) = Taken::new()? else { return plain::lines(control, &mut stderr()).await };
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let session = Session::new(control.clone(), colours);
    let display = Arc::clone(&taken.0);
    let (shown, outcome) = oneshot::channel();
    thread::Builder::new().name(terminal::THREAD.into()).spawn(move || {
        // Nobody waits for it any more if the future was dropped.
        let _ = shown.send(session.show(&display));
    })?;
    outcome.await.unwrap_or_else(|_| Err(io::Error::other("the display has panicked")))
}
