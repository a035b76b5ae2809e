//! What the tests of the remote link share: real servers and what befalls them, and who counts what was lost and what came again.

mod certificates;
mod cluster;
mod folder;
mod installed;
pub mod items;
pub mod job;
mod processes;
mod proxy;
mod server;
mod table;

pub use certificates::Certificates;
pub use cluster::Cluster;
pub use folder::{Folder, copy};
pub use installed::nats_server;
pub use items::within;
pub use processes::{Process, Workers};
pub use proxy::{Network, Proxy};
pub use server::{Server, Settings, connected, free_port};
pub use table::Table;
