//! `service`, run as a user runs it, with clients that speak HTTP.

#![cfg(not(loom))]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::net::SocketAddr;

use aqueduct_applications::clients::{Client, send};
use axum::http::{HeaderValue, StatusCode};
use common::{LIMIT, Program, Scratch, Started, said};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const PROGRAM: Program = Program(env!("CARGO_BIN_EXE_service"));

/// The service, and where it listens.
async fn serve(output: &str, latency: &str) -> (Started, SocketAddr) {
    let mut service = PROGRAM.start(["--listen", "127.0.0.1:0", "--output", output, "--latency", latency]);
    let line = service.says("listening on ").await;
    let address = line.strip_prefix("listening on http://").expect(&line).parse().unwrap();
    (service, address)
}

/// The ids of the events in a file that is whole, sorted.
fn stored(path: &str) -> Vec<u64> {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is whole");
    let event = |line| serde_json::from_str::<Value>(line).expect(line);
    let mut ids: Vec<_> = text.lines().map(|line| event(line)["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn without_arguments_it_demonstrates_itself() {
    let scratch = Scratch::new("service_demonstration");
    let out = scratch.path("events");
    let output = said(&PROGRAM.run(["--output", &out]).await);
    let lines: Vec<_> = output.lines().collect();
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{output}");
    let put_off = lines[1].strip_prefix("120 requests accepted, ").and_then(|rest| rest.split(' ').next());
    assert!(put_off.and_then(|number| number.parse::<u64>().ok()).is_some_and(|number| number > 0), "{output}");
    assert_eq!(lines[2], format!("finished: 120 events stored in {out}"));
    assert_eq!(stored(&out), (0..120).collect::<Vec<_>>());
}

#[cfg(unix)]
#[tokio::test]
async fn the_dashboard_shows_it_until_ctrl_c() {
    let scratch = Scratch::new("service_dashboard");
    let mut service = PROGRAM.start(["--dashboard=127.0.0.1:0", "--output", &scratch.path("events")]);
    let line = service.warns("dashboard: ").await;
    service.warns("its page stays until Ctrl-C").await;
    let snapshot = common::dashboard(&line, "/api/snapshot").await;
    assert!(snapshot.contains("\"ended\":true") && snapshot.contains("\"name\":\"waiting\""), "{snapshot}");
    service.press_ctrl_c().await;
    let (success, out, err) = service.end().await;
    assert!(success && out.contains("finished: 120 events stored"), "{out}{err}");
}

#[cfg(unix)]
#[test]
fn shown_in_a_terminal_it_finishes_by_a_key() {
    let scratch = Scratch::new("service_top");
    let (program, out) = (env!("CARGO_BIN_EXE_service"), scratch.path("events"));
    let arguments = [program, "--top", "--listen", "127.0.0.1:0", "--output", &out];
    let mut terminal = aqueduct_tests::terminal::Terminal::run(&arguments, &[]);
    terminal.is_drawn().shows("═ waiting").press("f").shows("finished: 0 events stored").is_given_back();
    assert!(terminal.end().0);
}

/// More than it can take, and Ctrl-C in the middle of it.
#[cfg(unix)]
#[tokio::test]
async fn what_was_accepted_is_stored_also_when_it_finishes() {
    let scratch = Scratch::new("service_finish");
    let out = scratch.path("events");
    let (service, address) = serve(&out, "50").await;
    let clients = tokio::spawn(async move { send(address, 100_000, 16).await.map_err(|error| error.to_string()) });
    let in_full_flow = async {
        while std::fs::metadata(&out).map_or(0, |data| data.len()) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    timeout(LIMIT, in_full_flow).await.expect("stores in time");
    service.press_ctrl_c().await;
    let (success, output, text) = service.end().await;
    assert!(success, "{text}");
    assert!(text.contains("finishing"), "{text}");

    let answers = timeout(LIMIT, clients).await.expect("ends in time").unwrap().unwrap();
    let mut accepted = answers.accepted;
    accepted.sort_unstable();
    assert!(!accepted.is_empty() && accepted.len() < 100_000);
    assert_eq!(stored(&out), accepted);
    assert_eq!(output, format!("finished: {} events stored in {out}\n", accepted.len()));
}

#[cfg(unix)]
#[tokio::test]
async fn while_it_is_paused_it_says_when_to_come_again() {
    let scratch = Scratch::new("service_paused");
    let (service, address) = serve(&scratch.path("events"), "200").await;
    let client = Client::new(address);
    let mut accepted = 0;
    let refused = loop {
        let event = json!({ "id": accepted, "text": "" });
        let answer = client.post(event.to_string()).await.unwrap();
        if answer.status != StatusCode::ACCEPTED {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 1000, "it is never paused");
    };
    assert_eq!(
        (refused.status, &refused.headers["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &HeaderValue::from(1))
    );
    let status = client.status().await.unwrap().text;
    assert!(status.contains("inlet->requests: ") && status.contains(" of 16, paused\n"), "{status}");

    service.press_ctrl_c().await;
    let (success, output, text) = service.end().await;
    assert!(success, "{text}");
    assert!(output.starts_with(&format!("finished: {accepted} events stored")), "{output}");
}

#[cfg(unix)]
#[tokio::test]
async fn clients_that_go_away_or_hang_or_send_nonsense_do_no_harm() {
    let scratch = Scratch::new("service_clients");
    let out = scratch.path("events");
    let (service, address) = serve(&out, "0").await;
    let half =
        b"POST /events HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"id\":";

    // Killed in the middle of its request.
    let mut killed = TcpStream::connect(address).await.unwrap();
    killed.write_all(half).await.unwrap();
    drop(killed);
    // Says no more, and stays.
    let mut hung = TcpStream::connect(address).await.unwrap();
    hung.write_all(half).await.unwrap();

    let client = Client::new(address);
    for (event, status) in [
        ("{".to_owned(), StatusCode::BAD_REQUEST),
        (json!({ "id": -1, "text": "" }).to_string(), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "id": 1, "text": "x".repeat(20_000) }).to_string(), StatusCode::PAYLOAD_TOO_LARGE),
        (json!({ "id": 7, "text": "line\nbreak" }).to_string(), StatusCode::ACCEPTED),
    ] {
        assert_eq!(client.post(event).await.unwrap().status, status);
    }

    service.press_ctrl_c().await;
    let (success, _, text) = service.end().await;
    assert!(success, "{text}");
    assert_eq!(stored(&out), [7]);
    // The one that hung is cut off.
    let _ = timeout(LIMIT, hung.read_to_end(&mut Vec::new())).await.expect("is cut off in time");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let scratch = Scratch::new("service_refused");
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let out = scratch.path("events");
    PROGRAM.refuses(["--listen", &*address, "--output", &out], &format!("cannot listen on {address}: ")).await;
    PROGRAM.refuses(["--listen", "8080"], "\"8080\"").await;
    PROGRAM.refuses(["--output", "no/such/dir/events"], "cannot open no/such/dir/events: ").await;
    PROGRAM.refuses(["--latency", "-1"], "\"-1\"").await;
    PROGRAM.refuses(["events"], "events").await;
    assert!(scratch.files().is_empty(), "{:?}", scratch.files());
}

/// A full disk.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_store_that_fails_ends_it() {
    PROGRAM.refuses(["--output", "/dev/full"], "stage `store` failed at … because: No space left on device").await;
}

#[tokio::test]
async fn help_says_what_it_does() {
    assert!(said(&PROGRAM.run(["--help"]).await).contains("Usage: service [OPTIONS]\n"));
}
