//! Three servers that keep every message three times.

use std::time::Duration;

use async_nats::jetstream::stream::Config;
use async_nats::{Client, ConnectOptions, jetstream};

use crate::server::{Settings, connected};
use crate::{Server, free_port, within};

/// A running cluster; dropped, its servers are killed and their stores removed.
#[derive(Debug)]
pub struct Cluster {
    servers: Vec<Server>,
}

impl Cluster {
    /// Starts three servers and waits until they can keep a stream together.
    ///
    /// # Panics
    /// When they cannot in two minutes.
    pub async fn start() -> Self {
        let ports = [free_port(), free_port(), free_port()];
        let routes = ports.map(|port| format!("\"nats-route://127.0.0.1:{port}\"")).join(", ");
        let servers = ports.map(|port| {
            let config = format!("cluster {{ name: c, listen: \"127.0.0.1:{port}\", routes: [{routes}] }}");
            Server::launched(Settings { config, ..Settings::default() })
        });
        let cluster = Self { servers: servers.into() };
        within(async {
            let context = jetstream::new(cluster.client().await);
            let probe = Config { name: "probe".to_owned(), num_replicas: 3, ..Config::default() };
            // No event tells when there is a leader, and all three have joined.
            while context.create_stream(&probe).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            context.delete_stream("probe").await.expect("the cluster is ready");
        })
        .await;
        cluster
    }

    /// A client of its own that knows all the servers.
    ///
    /// # Panics
    /// When none of them answers in time.
    pub async fn client(&self) -> Client {
        let addresses = self.servers.iter().map(|server| format!("127.0.0.1:{}", server.port()));
        connected(&ConnectOptions::new(), &Vec::from_iter(addresses).join(",")).await
    }

    /// The server that leads a stream; kill it, and another has to.
    ///
    /// # Panics
    /// When there is no such stream, or no leader in two minutes.
    pub async fn leader(&mut self, stream: &str) -> &mut Server {
        let context = jetstream::new(self.client().await);
        let leader = within(async {
            loop {
                // While the cluster elects one, there is no answer, or none with a leader.
                if let Ok(stream) = context.get_stream(stream).await
                    && let Some(leader) =
                        stream.cached_info().cluster.as_ref().and_then(|cluster| cluster.leader.clone())
                {
                    return leader;
                }
            }
        })
        .await;
        self.servers.iter_mut().find(|server| server.name() == leader).expect("the leader is one of ours")
    }
}
