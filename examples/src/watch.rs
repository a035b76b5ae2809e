//! Options of the programs that show how a run goes.

use std::net::{Ipv4Addr, SocketAddr};

use aqueduct::Control;
use lexopt::prelude::*;

/// What `--help` prints of them.
pub const HELP: &str = "
  --top                   show the run in the terminal (p: pause, r: resume, f: finish, q: leave the display)
  --dashboard[=ADDRESS]   show the run in a browser, and go on showing it until Ctrl-C (default: a free port of 127.0.0.1)

To have them in an example that is no application: cargo run --features top,dashboard ...
";

/// How the run is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// In the terminal.
    pub top: bool,
    /// In a browser, from this address.
    pub dashboard: Option<SocketAddr>,
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

    /// Takes the value of `--dashboard`.
    ///
    /// # Errors
    /// What is no address; that it was not built in.
    pub fn takes_dashboard(&mut self, parser: &mut lexopt::Parser) -> Result<(), lexopt::Error> {
        if !cfg!(feature = "dashboard") {
            return Err("`--dashboard` is not built in: add `--features dashboard` before `--`".into());
        }
        let address = parser.optional_value().map(|address| address.parse()).transpose()?;
        self.dashboard = Some(address.unwrap_or((Ipv4Addr::LOCALHOST, 0).into()));
        Ok(())
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
        let run = async {
            match self.dashboard {
                Some(address) => in_browser(control, address, run).await,
                None => run.await,
            }
        };
        tokio::join!(run, show).0
    }
}

/// Runs to the end of `run` with a page that shows it, and waits for Ctrl-C.
#[cfg(feature = "dashboard")]
async fn in_browser<T>(control: &Control, address: SocketAddr, run: impl Future<Output = T>) -> T {
    let page = match aqueduct::dashboard(control.clone()).allow_control().bind(address).await {
        Ok(page) => page,
        Err(error) => {
            eprintln!("no dashboard at {address}: {error}");
            return run.await;
        }
    };
    eprintln!("dashboard: http://{}/", page.addr());
    let page = tokio::spawn(page);
    let outcome = run.await;
    eprintln!("the run has ended; its page stays until Ctrl-C");
    let _ = tokio::signal::ctrl_c().await;
    page.abort();
    outcome
}

#[cfg(not(feature = "dashboard"))]
async fn in_browser<T>(_: &Control, _: SocketAddr, run: impl Future<Output = T>) -> T {
    run.await // the option was refused
}
