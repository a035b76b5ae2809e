//! `orders`, run as a user runs it: alone, with a server, in several processes, and over the cluster of `orders/README.md`.

#![cfg(not(loom))]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use aqueduct_remote_tests::{Certificates, Server, free_port, nats_server};
use common::{LIMIT, Program, Scratch, said, stderr};
use rusqlite::{Connection, OpenFlags};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

const PROGRAM: Program = Program(env!("CARGO_BIN_EXE_orders"));

/// How many orders the program makes up.
const ORDERS: u64 = 5_000;

/// Who we are to the cluster.
const LOGIN: [(&str, &str); 2] = [("NATS_USER", "orders"), ("NATS_PASSWORD", "correct")];

/// The program, with these variables and no others of NATS.
fn orders<'a>(args: impl IntoIterator<Item = &'a str>, variables: &[(&str, &str)]) -> Command {
    let mut command = PROGRAM.command(args);
    for name in ["NATS_URL", "NATS_USER", "NATS_PASSWORD", "NATS_CA"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn run<'a>(args: impl IntoIterator<Item = &'a str>, variables: &[(&str, &str)]) -> Output {
    ended(orders(args, variables).spawn().unwrap()).await
}

async fn ended(process: Child) -> Output {
    timeout(LIMIT, process.wait_with_output()).await.expect("ends in time").unwrap()
}

/// A table of which nothing is there yet is empty.
fn stored(table: &str) -> u64 {
    let count = || {
        let table = Connection::open_with_flags(table, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        table.query_one("SELECT count(*) FROM orders", (), |row| row.get::<_, i64>(0))
    };
    count().map_or(0, i64::unsigned_abs)
}

/// Waits until so many orders are in the table.
async fn until_stored(table: &str, orders: u64) {
    let look = async {
        while stored(table) < orders {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LIMIT, look).await.expect("is stored in time");
}

fn all_of(table: &str, twice: u64) -> String {
    format!("{ORDERS} orders of 155960.00 in {table}; {twice} came more than once\n")
}

#[tokio::test]
async fn alone_it_needs_no_server() {
    let scratch = Scratch::new("orders_alone");
    let table = scratch.path("table");
    assert_eq!(said(&run(["--latency", "0", "--table", &table], &[]).await), all_of(&table, 0));
    let file = scratch.file("orders.txt", "1 tea 3\n2 coffee 12\n");
    let table = scratch.path("other");
    let output = said(&run([&*file, "--table", &table], &[]).await);
    assert_eq!(output, format!("2 orders of 81.00 in {table}; 0 came more than once\n"));
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let scratch = Scratch::new("orders_refused");
    let table = scratch.path("table");
    let server = Server::start().await;
    let url = format!("nats://127.0.0.1:{}", server.port());
    let wrong = scratch.file("wrong.txt", "1 tea 3\ntwo\n");
    let nowhere = format!("nats://127.0.0.1:{}", free_port());
    for (args, words) in [
        (&["--role", "work"] as &[_], "add `--server`"),
        (&["--server", &url], "add `--run`"),
        (&["--server", &nowhere, "--run", "a"], "cannot connect to "),
        (&["--server", &url, "--run", "a", "--role", "wrok"], "`wrok`"),
        (&["--table", &table, "none.txt"], "cannot read none.txt"),
        (&["--table", "/", "--latency", "0"], "cannot open /"),
        (&["--table", &table, &wrong], "`two` is no order: NUMBER ARTICLE PIECES"),
    ] {
        let output = run(args.iter().copied(), &[]).await;
        let text = stderr(&output);
        assert!(!output.status.success() && text.starts_with("orders: ") && text.contains(words), "{args:?}: {text}");
    }
}

#[tokio::test]
async fn with_a_server_it_may_be_one_process() {
    let scratch = Scratch::new("orders_one");
    let (server, table) = (Server::start().await, scratch.path("table"));
    let url = format!("nats://127.0.0.1:{}", server.port());
    let output = run(["--run", "monday", "--latency", "0", "--table", &table], &[("NATS_URL", &url)]).await;
    assert_eq!(said(&output), all_of(&table, 0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_worker_that_is_killed_and_one_that_is_told_to_end_lose_nothing() {
    let scratch = Scratch::new("orders_many");
    let (server, table) = (Server::start().await, scratch.path("table"));
    let url = format!("nats://127.0.0.1:{}", server.port());
    let work = || {
        let args = ["--server", &url, "--run", "monday", "--role", "work", "--latency", "20", "--table", &table];
        orders(args, &[]).spawn().unwrap()
    };
    let ingest = orders(["--server", &url, "--run", "monday", "--role", "ingest"], &[]).spawn().unwrap();
    let (mut killed, told, left) = (work(), work(), work());
    until_stored(&table, 500).await;
    killed.kill().await.unwrap();
    let id = told.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let (ingest, told, left) = tokio::join!(ended(ingest), ended(told), ended(left));
    assert_eq!(said(&ingest), "all orders are in the queue\n");
    assert!(stderr(&told).contains("finishing"), "{}", stderr(&told));
    said(&told);
    let output = said(&left);
    assert!(output.starts_with(&format!("{ORDERS} orders of 155960.00 in ")), "{output}");
}

/// The three servers of `orders/README.md`, by the text of `orders/nats.conf`.
struct Cluster {
    scratch: Scratch,
    servers: Vec<Child>,
    url: String,
    certificates: Certificates,
}

impl Cluster {
    fn start(name: &str) -> Self {
        let (scratch, certificates) = (Scratch::new(name), Certificates::new());
        let ports = [free_port(), free_port(), free_port()];
        let clients = [free_port(), free_port(), free_port()];
        let text = include_str!("../orders/nats.conf");
        let mut servers = Vec::new();
        for n in 0..3 {
            let mut config = text.replace("port: 4222", &format!("listen: \"127.0.0.1:{}\"", clients[n]));
            config = config.replace("port: 6222", &format!("listen: \"127.0.0.1:{}\"", ports[n]));
            for (other, port) in ports.iter().enumerate() {
                config = config.replace(&format!("nats-{}:6222", other + 1), &format!("127.0.0.1:{port}"));
            }
            let path = |path: &Path| path.to_str().unwrap().to_owned();
            config = config.replace("/data", &scratch.path(&format!("data-{n}")));
            config = config.replace("/tls/server.pem", &path(&certificates.server()));
            config = config.replace("/tls/key.pem", &path(&certificates.key()));
            config = config.replace("/tls/authority.pem", &path(&certificates.authority()));
            let config = scratch.file(&format!("{n}.conf"), &config);
            let mut server = Command::new(nats_server());
            server.args(["--config", &config, "--name", &format!("nats-{}", n + 1)]).envs(LOGIN);
            let quiet = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            servers.push(quiet.kill_on_drop(true).spawn().expect("nats-server starts"));
        }
        let url = clients.map(|port| format!("tls://127.0.0.1:{port}")).join(",");
        Self { scratch, servers, url, certificates }
    }

    fn start_program(&self, args: &[&str]) -> Child {
        let authority = self.certificates.authority();
        let here = [("NATS_URL", &*self.url), ("NATS_CA", authority.to_str().unwrap())];
        orders(args.iter().copied(), &[&here[..], &LOGIN].concat()).spawn().unwrap()
    }

    /// As `compose.yaml`'s `restart: on-failure`: a program that comes before the servers begins again.
    async fn supervised(&self, args: &[&str]) -> String {
        let again = async {
            loop {
                let output = self.start_program(args).wait_with_output().await.unwrap();
                if output.status.success() {
                    return said(&output);
                }
                let text = stderr(&output);
                assert!(text.contains("cannot connect to "), "{text}");
                sleep(Duration::from_millis(200)).await;
            }
        };
        timeout(LIMIT, again).await.expect("ends in time")
    }
}

#[tokio::test]
async fn over_three_servers_with_tls_one_of_them_may_die() {
    let mut cluster = Cluster::start("orders_cluster");
    let (table, mut servers) = (cluster.scratch.path("table"), std::mem::take(&mut cluster.servers));
    let all = ["--run", "monday", "--replicas", "3"];
    let ingest = [&all[..], &["--role", "ingest"]].concat();
    let work = [&all[..], &["--role", "work", "--latency", "20", "--table", &table]].concat();
    let one_dies = async {
        until_stored(&table, 500).await;
        servers[1].kill().await.unwrap();
    };
    let (said, first, second, ()) =
        tokio::join!(cluster.supervised(&ingest), cluster.supervised(&work), cluster.supervised(&work), one_dies);
    assert_eq!(said, "all orders are in the queue\n");
    for output in [first, second] {
        assert!(output.starts_with(&format!("{ORDERS} orders of 155960.00 in {table}; ")), "{output}");
    }
}
