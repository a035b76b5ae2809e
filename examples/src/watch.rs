//! Options of the programs that show how a run goes.

use aqueduct::Control;
use lexopt::prelude::*;

/// What `--help` prints of them.
pub const HELP: &str = if cfg!(feature = "top") {
    "  --top   show the run in the terminal (p: pause, r: resume, f: finish, q: leave the display)\n"
} else {
    "  --top   show the run in the terminal (not built in: cargo run --features top ...)\n"
};

/// How the run is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// In the terminal.
    pub top: bool,
}

impl Watch {
    /// Takes an argument if it is one of these options.
    ///
    /// # Errors
    /// An option that was not built in.
    pub fn takes(&mut self, arg: &lexopt::Arg<'_>) -> Result<bool, lexopt::Error> {
        match arg {
            Long("top") if cfg!(feature = "top") => self.top = true,
            Long("top") => return Err("`--top` is not built in: add `--features top` before `--`".into()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Runs to the end of `run`, and shows the pipeline meanwhile as it was asked for.
    pub async fn beside<T>(self, control: &Control, run: impl Future<Output = T>) -> T {
        let show = async {
            #[cfg(feature = "top")]
            if self.top
                && let Err(error) = aqueduct::top(control).await
            {
                eprintln!("the run cannot be shown: {error}");
            }
            #[cfg(not(feature = "top"))]
            let _ = control;
        };
        tokio::join!(run, show).0
    }
}
