//! Several processes at one queue, each the same pipeline in one of its roles, and what befalls them.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aqueduct_remote_tests::job::{CAPACITY, Harm, POISON, ROOM};
use aqueduct_remote_tests::{Process, Server, Table, Workers, within};
use tokio::time::interval;

const ITEMS: u64 = 40_000;
const SECOND: Duration = Duration::from_secs(1);
/// So many items a worker has at most that are in the table and not known to be: what it fetches ahead, what its links and stages hold, and the frames of which
/// the last batch has a part.
const UNTOLD: u64 = ROOM as u64 + 64 + 16 + 64 + 2 * 128 + 16;

fn table(server: &Server) -> (PathBuf, Table) {
    let file = server.file("table");
    let table = Table::open(&file).unwrap();
    (file, table)
}

fn ingest(server: &Server, file: &Path, items: u64) -> Process {
    Process::start("ingest", server.port(), file, items, Harm::None)
}

/// All of them end by themselves, and well.
async fn end(mut workers: Workers<'_>) {
    while let Some(ended) = workers.next_end().await {
        assert!(ended.success(), "{ended}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finite_job_ends_by_itself_in_all_its_processes() {
    within(async {
        let (server, n) = (Server::start().await, 10_000);
        let (file, table) = table(&server);
        let workers = Workers::start(3, server.port(), &file, Harm::None);
        assert!(ingest(&server, &file, n).ended().await.success());
        end(workers).await;
        assert_eq!(table.lost_and_repeated(n).unwrap(), (0, 0));
    })
    .await;
}

/// Kills a worker each second in which something came while the ingest runs (on a busy machine a new worker needs longer), the ingest twice, and the server when so many have come.
async fn killed(server_dies: Option<u64>) {
    within(async {
        let (mut server, n) = (Server::start().await, ITEMS);
        let (file, table) = table(&server);
        let mut workers = Workers::start(3, server.port(), &file, Harm::None);
        let mut ingest_runs = ingest(&server, &file, n);
        let mut ingest_dies = [n / 8, 3 * n / 8].into_iter().peekable();
        let mut server_dies = server_dies.into_iter().peekable();
        let (mut second, mut kills, mut before) = (interval(SECOND), 0, 0);
        let ended = loop {
            tokio::select! {
                ended = ingest_runs.ended() => break ended,
                _ = second.tick() => {}
            }
            let came = table.distinct().unwrap();
            if std::mem::replace(&mut before, came) == came {
                continue;
            }
            workers.take_oldest().kill().await;
            workers.add();
            kills += 1;
            if ingest_dies.next_if(|at| came >= *at).is_some() {
                ingest_runs.kill().await;
                ingest_runs = ingest(&server, &file, n);
            }
            if server_dies.next_if(|at| came >= *at).is_some() {
                server.kill();
                server.restart();
            }
        };
        assert!(ended.success(), "{ended}");
        // A worker that lives for a while finds what the server has forgotten.
        end(workers).await;
        let (lost, repeated) = table.lost_and_repeated(n).unwrap();
        println!("{kills} workers killed: lost {lost}, repeated {repeated}");
        assert_eq!(lost, 0);
        assert!(kills >= 5 && ingest_dies.next().is_none() && server_dies.next().is_none());
        // What a worker had done and the broker did not know yet; and what is delivered again because the server no longer knew who had it.
        assert!(repeated <= kills * UNTOLD + CAPACITY as u64, "{repeated}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_each_second_and_the_ingest_twice_lose_nothing() {
    killed(None).await;
}

/// A server that kept the capacity itself would lose what dead workers had: "A server that brings messages back" in the README of `remote`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_each_second_the_ingest_twice_and_the_server_once_lose_nothing() {
    killed(Some(ITEMS / 2)).await;
}

/// Each second a worker, and now and then the ingest, which goes on where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_are_told_to_end_repeat_nothing() {
    within(async {
        let (server, n) = (Server::start().await, 20_000);
        let (file, table) = table(&server);
        let mut workers = Workers::start(3, server.port(), &file, Harm::None);
        let mut ingest_runs = ingest(&server, &file, n);
        let (mut second, mut told) = (interval(SECOND), 0);
        while table.distinct().unwrap() < n / 2 {
            second.tick().await;
            let status = workers.take_oldest().terminate().await;
            assert!(status.success(), "{status}");
            workers.add();
            told += 1;
            if told == 2 {
                let status = ingest_runs.terminate().await;
                assert!(status.success(), "{status}");
                ingest_runs = ingest(&server, &file, n);
            }
        }
        assert!(ingest_runs.ended().await.success());
        end(workers).await;
        println!("{told} workers told to end: (lost, repeated) = {:?}", table.lost_and_repeated(n).unwrap());
        assert_eq!(table.lost_and_repeated(n).unwrap(), (0, 0));
        assert!(told >= 2, "{told}");
    })
    .await;
}

/// One item of the job harms its worker, which somebody starts again, as often as it takes.
async fn poisoned(harm: Harm, expected_deaths: u64) {
    within(async {
        let (server, n) = (Server::start().await, 5_000);
        let (file, table) = table(&server);
        assert!(ingest(&server, &file, n).ended().await.success());
        let (mut workers, mut deaths) = (Workers::start(2, server.port(), &file, harm), 0);
        while let Some(status) = workers.next_end().await {
            if !status.success() {
                assert_eq!(status.signal().is_some(), harm == Harm::Aborts, "{status}");
                deaths += 1;
                workers.add();
            }
        }
        let (lost, repeated) = table.lost_and_repeated(n).unwrap();
        println!("{harm:?}: {deaths} deaths, lost {lost}, repeated {repeated}");
        assert_eq!(lost, 1, "all but the one");
        assert!(repeated <= deaths * UNTOLD, "{repeated}");
        assert_eq!(deaths, expected_deaths);
        let context = async_nats::jetstream::new(server.client().await);
        let dead = context.get_stream("job_dead").await.unwrap();
        assert_eq!(dead.cached_info().state.messages, 1);
        let letter = dead.get_last_raw_message_by_subject("job_dead.items").await.unwrap();
        assert_eq!(letter.headers.get("Nats-Msg-Id").unwrap().as_str(), format!("monday.{POISON}-{POISON}"));
    })
    .await;
}

/// Once with its neighbours, then three times alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_that_fails_becomes_the_only_dead_letter() {
    poisoned(Harm::Fails, 1 + 3).await;
}

/// Once with its neighbours, then three times alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_that_panics_becomes_the_only_dead_letter() {
    poisoned(Harm::Panics, 1 + 3).await;
}

/// Nobody says who it was: three times with its neighbours, three times alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_that_aborts_its_process_becomes_the_only_dead_letter() {
    poisoned(Harm::Aborts, 3 + 3).await;
}
