//! Who is answered, and who may change something.

use std::io::ErrorKind;
use std::net::SocketAddr;

use aqueduct::dashboard;
use aqueduct_tests::ends::{assert_aborted, within};
use hyper::{Method, StatusCode};

use crate::client::{Answer, ask, get};
use crate::{served, stuck};

#[tokio::test]
async fn it_listens_on_loopback_addresses_only_unless_told_so() {
    within(async {
        let (running, _gate) = stuck("import").await;
        for addr in ["0.0.0.0:0", "[::]:0"] {
            let refused = dashboard(running.control()).serve(addr).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            assert!(refused.to_string().contains("allow_remote()"), "{refused}");
        }
        assert!(dashboard(running.control()).bind("localhost:0").await.unwrap().addr().ip().is_loopback());
        let everywhere = dashboard(running.control()).allow_remote().bind("0.0.0.0:0").await.unwrap();
        assert!(everywhere.addr().ip().is_unspecified());
        let taken = dashboard(running.control()).bind(everywhere.addr()).await;
        assert_eq!(taken.unwrap_err().kind(), ErrorKind::InvalidInput, "refused before it is tried");
        let taken = dashboard(running.control()).allow_remote().bind(everywhere.addr()).await;
        assert_eq!(taken.unwrap_err().kind(), ErrorKind::AddrInUse);
    })
    .await;
}

async fn asked_for(addr: SocketAddr, host: &str) -> Answer {
    ask(addr, Method::GET, "/api/snapshot", &[("host", host)]).await
}

#[tokio::test]
async fn only_requests_for_its_own_hosts_are_answered() {
    within(async {
        let (running, _gate) = stuck("import").await;
        let served = served(dashboard(running.control()).host("Dash.example").host("other.example:81")).await;
        let port = served.addr.port();
        let own = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.9.9.9", "dash.example", "Dash.Example"];
        for host in own.map(|host| format!("{host}:{port}")) {
            assert_eq!(asked_for(served.addr, &host).await.status, StatusCode::OK, "{host}");
        }
        for host in ["dash.example", "dash.example:443", "other.example:81"] {
            assert_eq!(asked_for(served.addr, host).await.status, StatusCode::OK, "{host}");
        }
        let others = [
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "0.0.0.0",
            "other.example",
            "dash.example.evil.example",
        ];
        for host in others.map(|host| format!("{host}:{port}")) {
            let refused = asked_for(served.addr, &host).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{host}");
            assert!(refused.text.contains(&*host) && !refused.text.contains("import"), "{}", refused.text);
        }
        for host in ["localhost", "localhost:1", "127.0.0.1", "", "localhost:x", "a@localhost", "a b"] {
            assert_eq!(asked_for(served.addr, host).await.status, StatusCode::FORBIDDEN, "{host}");
        }
        // The page and its files too.
        let page = ask(served.addr, Method::GET, "/", &[("host", "evil.example")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    })
    .await;
}

async fn asked_to(addr: SocketAddr, action: &str, headers: &[(&str, &str)]) -> StatusCode {
    ask(addr, Method::POST, &format!("/api/pipelines/0/{action}"), headers).await.status
}

const HEADER: (&str, &str) = ("aqueduct-control", "1");

#[tokio::test]
async fn it_is_read_only_unless_told_so() {
    within(async {
        let (running, _gate) = stuck("import").await;
        let served = served(dashboard(running.control())).await;
        for action in ["pause", "resume", "finish", "abort"] {
            assert_eq!(asked_to(served.addr, action, &[HEADER]).await, StatusCode::FORBIDDEN);
        }
        let snapshot = running.control().snapshot();
        assert!(!snapshot.paused && !snapshot.ended);
    })
    .await;
}

#[tokio::test]
async fn what_is_allowed_is_done_for_this_page_and_no_other() {
    within(async {
        let (running, _gate) = stuck("import").await;
        let control = running.control();
        let served = served(dashboard(control.clone()).allow_control().host("dash.example")).await;
        let addr = served.addr;
        assert_eq!(get(addr, "/api/pipelines").await.json()["control"], true);

        assert_eq!(asked_to(addr, "pause", &[]).await, StatusCode::FORBIDDEN, "without the header");
        for origin in ["http://evil.example", &format!("http://localhost:{}", addr.port()), "null", "http://127.0.0.1"]
        {
            assert_eq!(asked_to(addr, "pause", &[HEADER, ("origin", origin)]).await, StatusCode::FORBIDDEN, "{origin}");
        }
        let get = ask(addr, Method::GET, "/api/pipelines/0/pause", &[HEADER]).await;
        assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(!control.snapshot().paused);

        assert_eq!(asked_to(addr, "pause", &[HEADER]).await, StatusCode::NO_CONTENT);
        assert!(control.snapshot().paused);
        assert_eq!(
            asked_to(addr, "resume", &[HEADER, ("origin", &format!("http://{addr}"))]).await,
            StatusCode::NO_CONTENT
        );
        assert!(!control.snapshot().paused);
        // Behind a proxy that speaks TLS.
        let proxied = [HEADER, ("host", "dash.example"), ("origin", "https://dash.example")];
        assert_eq!(asked_to(addr, "pause", &proxied).await, StatusCode::NO_CONTENT);
        assert!(control.snapshot().paused);

        assert_eq!(asked_to(addr, "explode", &[HEADER]).await, StatusCode::BAD_REQUEST);
        let other = ask(addr, Method::POST, "/api/pipelines/7/abort", &[HEADER]).await;
        assert_eq!((other.status, &*other.text), (StatusCode::NOT_FOUND, "there is no such pipeline\n"));
        assert_eq!(asked_to(addr, "abort", &[HEADER]).await, StatusCode::NO_CONTENT);
        assert_aborted(running.await);
    })
    .await;
}

#[tokio::test]
async fn finish_lets_all_come_out() {
    within(async {
        let (running, gate) = stuck("import").await;
        let served = served(dashboard(running.control()).allow_control()).await;
        assert_eq!(asked_to(served.addr, "finish", &[HEADER]).await, StatusCode::NO_CONTENT);
        gate.open();
        let out = running.await.unwrap();
        assert!(out >= 4, "{out}");
    })
    .await;
}
