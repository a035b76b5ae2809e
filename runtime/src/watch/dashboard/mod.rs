//! The page: a small HTTP server that shows pipelines in a browser.
//!
//! Read [`board`] for what is shown, [`layout`] for where it stands, [`server`] for who answers, [`guard`] for who is answered at all,
//! [`events`] for what is told as it happens, and [`prometheus`] for the same figures as text. The page itself is in `page/`.

mod board;
mod events;
mod guard;
mod layout;
mod page;
mod prometheus;
mod server;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::net::{TcpListener, ToSocketAddrs, lookup_host};

use self::board::Board;
use self::guard::Doors;
use crate::Control;

/// Shows a pipeline in a browser: [`Dashboard::serve`] says where.
///
/// ```no_run
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::BoxError> {
/// let counting = pipeline! { repeat_with(|| 1u32) -> queue(8) -> count() };
/// let page = aqueduct::dashboard(counting.control()).bind("127.0.0.1:8080").await?;
/// println!("look at http://{}/", page.addr());
/// tokio::spawn(page); // shows the pipeline also after its end
/// counting.run().await?;
/// # Ok(())
/// # }
/// ```
pub fn dashboard(control: Control) -> Dashboard {
    Dashboard { controls: vec![control], doors: Doors::default() }
}

/// A page in a browser that shows pipelines as they run: the graph with each stage's state and each link's level, pauses, rates, the last
/// two minutes, and the bottleneck in words. Made by [`dashboard`].
///
/// It needs no files and no network but its own. It reads what [`Control::snapshot`] gives, every half second for each open page, and watches
/// [`Control::signals`] while a page is open; a client that is slow, or gone, holds neither the pipelines nor other clients.
///
/// | path | |
/// |---|---|
/// | `/` | the page |
/// | `/api/pipelines` | JSON: each pipeline's [`Graph`](crate::Graph), how it is drawn, and its last two minutes |
/// | `/api/snapshot` | JSON: each pipeline's [`Snapshot`](crate::Snapshot), and the bottlenecks of its last seconds |
/// | `/api/events` | server-sent events: `snapshot`, the same, every 500 ms or `?every=` so many milliseconds (100 to 60,000); `signal`, Pauses and Drains of a link, those of a tenth of a second as one; `end`, once for each pipeline that has ended |
/// | `/metrics` | the figures as Prometheus reads them |
/// | `/api/pipelines/ID/ACTION` | `POST`: `pause`, `resume`, `finish` or `abort`, if [allowed](Self::allow_control) |
///
/// # Who may look
/// There is no login: whoever reaches the address sees the names and figures of the pipelines, never an item. So unless told otherwise it
/// listens on loopback addresses only, changes nothing, and answers requests only to the address it listens on, or to `localhost`, by their `Host`
/// header: another site cannot read it through a name of its own that leads here (DNS rebinding).
#[derive(Clone, Debug)]
#[must_use = "a dashboard does nothing until it is served"]
pub struct Dashboard {
    controls: Vec<Control>,
    doors: Doors,
}

impl Dashboard {
    /// Shows this pipeline too. Of pipelines with the same name the second is shown as `name_2`.
    pub fn and(mut self, control: Control) -> Self {
        self.controls.push(control);
        self
    }

    /// Lets whoever sees the page pause, resume, finish and abort the pipelines. Other sites cannot: such a request must have the header
    /// `aqueduct-control`, with any value, and come from this page if it comes from one.
    pub fn allow_control(mut self) -> Self {
        self.doors.control = true;
        self
    }

    /// Lets it listen on an address that others can reach. There is no login and no encryption.
    pub fn allow_remote(mut self) -> Self {
        self.doors.remote = true;
        self
    }

    /// Answers requests for this host too: a name, for any port, or a name and a port. For use behind a proxy, or by a machine's name.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.doors.hosts.push(host.into().to_ascii_lowercase());
        self
    }

    /// Listens on `addr` and serves until it is dropped.
    ///
    /// # Errors
    /// Those of [`bind`](Self::bind). Once it listens it does not end.
    ///
    /// # Cancel safety
    /// Dropping it closes the address and all connections, at once.
    pub async fn serve(self, addr: impl ToSocketAddrs) -> io::Result<()> {
        self.bind(addr).await?.await
    }

    /// Listens on `addr`. With port 0 the system chooses one: [`Serving::addr`] tells which.
    ///
    /// # Errors
    /// Of kind `InvalidInput` if `addr` is not a loopback address and [`allow_remote`](Self::allow_remote) was not called; else what the system
    /// says, if it cannot listen there.
    pub async fn bind(self, addr: impl ToSocketAddrs) -> io::Result<Serving> {
        let addresses: Vec<_> = lookup_host(addr).await?.collect();
        self.doors.admit(&addresses)?;
        let listener = TcpListener::bind(&*addresses).await?;
        let addr = listener.local_addr()?;
        let board = Board::new(self.controls, self.doors.control);
        Ok(Serving { addr, work: Box::pin(server::serve(listener, board, self.doors)) })
    }
}

/// A dashboard that listens. It serves while it is awaited, until it is dropped.
///
/// # Cancel safety
/// Dropping it closes the address and all connections, at once.
#[must_use = "a dashboard serves only while this is awaited"]
pub struct Serving {
    addr: SocketAddr,
    work: Pin<Box<dyn Future<Output = io::Result<()>> + Send>>,
}

impl Serving {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Future for Serving {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.work.as_mut().poll(cx)
    }
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving").field("addr", &self.addr).finish_non_exhaustive()
    }
}
