//! Real servers, on free ports, with a store of their own that goes with them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::{Client, ConnectOptions};

use crate::Folder;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server is told besides where it listens and where it stores, and how its clients come in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Lines of the server's configuration.
    pub config: String,
    /// Who the test is.
    pub options: ConnectOptions,
}

/// A running server; dropped, it is killed and its store removed.
#[derive(Debug)]
pub struct Server {
    /// By this it is known from the server of another test that was faster to take the port.
    name: String,
    port: u16,
    folder: Folder,
    settings: Settings,
    process: Option<Child>,
}

impl Server {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// When there is none to start, or it does not answer in time.
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    /// Starts a server that is set up like this.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_with(settings: Settings) -> Self {
        loop {
            let server = Self::launched(settings.clone());
            // Ready when it answers: then its port is open and JetStream recovered.
            if server.client().await.server_info().server_name == server.name {
                return server;
            }
        }
    }

    /// A server that has been started, and may not answer yet.
    pub(crate) fn launched(settings: Settings) -> Self {
        let folder = Folder::new();
        let name = folder.name();
        let mut server = Self { name, port: free_port(), folder, settings, process: None };
        server.restart();
        server
    }

    /// Where it listens, on the loopback interface.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// By this it is known in its cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A file of the test's own, which goes with the server.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    fn store(&self) -> PathBuf {
        self.folder.path("store")
    }

    /// Where it stores a stream.
    #[must_use]
    pub fn stored(&self, stream: &str) -> PathBuf {
        self.store().join("jetstream/$G/streams").join(stream)
    }

    /// A client of its own, connected.
    ///
    /// # Panics
    /// When the server does not answer in time.
    pub async fn client(&self) -> Client {
        connected(&self.settings.options, &format!("127.0.0.1:{}", self.port)).await
    }

    /// Kills the server as `kill -9` does. Its store stays.
    ///
    /// # Panics
    /// When it is not running.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("the server runs");
        process.kill().and_then(|()| process.wait()).expect("the server can be killed");
    }

    /// Starts it again after [`kill`](Self::kill), at the same port and with its store.
    ///
    /// # Panics
    /// When there is none to start.
    pub fn restart(&mut self) {
        let config = self.folder.path("config");
        let said = format!(
            "listen: \"127.0.0.1:{}\"\nserver_name: \"{}\"\njetstream {{ store_dir: {:?} }}\n{}\n",
            self.port,
            self.name,
            self.store(),
            self.settings.config
        );
        std::fs::write(&config, said).expect("the temporary folder can be written");
        let process = Command::new(crate::nats_server())
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(process.expect("nats-server starts"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        // Its folder goes with it.
    }
}

/// A client, as soon as a server answers.
///
/// # Panics
/// When none answers in time.
pub async fn connected(options: &ConnectOptions, addresses: &str) -> Client {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let options = options.clone().reconnect_delay_callback(|_| Duration::from_millis(50));
        match options.connect(addresses.split(',').collect::<Vec<_>>()).await {
            Ok(client) => return client,
            Err(error) => assert!(Instant::now() < deadline, "nats-server does not answer: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A port that nobody listens to, for now.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
