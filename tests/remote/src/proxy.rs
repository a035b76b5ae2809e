//! A network that can be cut: a TCP proxy between a client and its server.

use std::io;
use std::sync::Arc;

use async_nats::ConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::server::connected;

/// What the network lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// All.
    Open,
    /// Nothing, and nobody is told: what is sent waits, as it does in TCP while packets are lost.
    Silent,
    /// What the client says, and nothing that the server says, which waits.
    Mute,
    /// Nothing: connections break, with what waits in them, and new ones are not let in.
    Cut,
}

/// A network between its clients and one server. Dropped, it is cut.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    network: watch::Sender<Network>,
    /// All connections are broken.
    broken: Arc<Notify>,
}

impl Proxy {
    /// An open network to the server at this port.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let ((network, seen), broken) = (watch::channel(Network::Open), Arc::default());
        tokio::spawn(accept(listener, server, seen, Arc::clone(&broken)));
        Self { port, network, broken }
    }

    /// A client beyond this network.
    ///
    /// # Panics
    /// When the server does not answer in time.
    pub async fn client(&self) -> async_nats::Client {
        connected(&ConnectOptions::new(), &format!("127.0.0.1:{}", self.port)).await
    }

    /// From now on the network is like this. When it is cut, all connections are broken before this returns.
    pub async fn set(&self, network: Network) {
        self.network.send_replace(network);
        if network == Network::Cut {
            self.broken.notified().await;
        }
    }
}

/// Ends when the proxy is dropped, and with it all connections.
async fn accept(listener: TcpListener, server: u16, mut network: watch::Receiver<Network>, broken: Arc<Notify>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                if *network.borrow() != Network::Cut {
                    connections.spawn(connection(client, server, network.clone()));
                }
            }
            changed = network.changed() => {
                if changed.is_err() {
                    return;
                }
                if *network.borrow() == Network::Cut {
                    connections.shutdown().await;
                    broken.notify_one();
                }
            }
        }
    }
}

async fn connection(client: TcpStream, server: u16, network: watch::Receiver<Network>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    // Whichever ends first ends both directions.
    tokio::select! {
        _ = carry(from_client, to_server, network.clone(), |network| network != Network::Silent) => {}
        _ = carry(from_server, to_client, network, |network| network == Network::Open) => {}
    }
}

/// Carries bytes one way, while the network lets them through.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut network: watch::Receiver<Network>,
    lets_through: impl Fn(Network) -> bool,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = from.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        if network.wait_for(|network| lets_through(*network)).await.is_err() {
            return Ok(());
        }
        to.write_all(&buffer[..n]).await?;
    }
}
