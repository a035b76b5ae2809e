//! Who may use a queue.

use std::time::Duration;

use aqueduct::remote::{RemoteError, jetstream};
use aqueduct_remote_tests::{Certificates, Server, Settings, connected, job, within};
use async_nats::ConnectErrorKind::{Authentication, AuthorizationViolation};
use async_nats::ConnectOptions;

const CAPACITY: usize = 2_000;

fn user(name: &str, password: &str) -> ConnectOptions {
    ConnectOptions::with_user_and_password(name.to_owned(), password.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_goes_through_tls_with_credentials() {
    within(async {
        let (files, n) = (Certificates::new(), 20_000);
        let server = Server::start_with(Settings {
            config: format!(
                "tls {{ cert_file: {:?}, key_file: {:?} }}\nauthorization {{ user: aqueduct, password: correct }}",
                files.server(),
                files.key()
            ),
            options: user("aqueduct", "correct").add_root_certificates(files.authority()).require_tls(true),
        })
        .await;
        let queue = jetstream("job", server.client().await).run("monday");
        let out = job::run(queue.clone(), queue, n, CAPACITY, &[], async |_| {}).await.unwrap();
        assert_eq!((out.lost, out.repeated, out.late), (0, 0, 0));
        let wrong = user("aqueduct", "wrong").add_root_certificates(files.authority()).require_tls(true);
        let refused = wrong.connect(format!("127.0.0.1:{}", server.port())).await.unwrap_err();
        assert!(matches!(refused.kind(), Authentication | AuthorizationViolation), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_without_jetstream_is_denied() {
    within(async {
        let server = Server::start_with(Settings {
            config: "accounts { with { jetstream: enabled, users: [ { user: a, password: a } ] }, without { users: [ { user: b, password: b } ] } }"
                .to_owned(),
            options: user("a", "a"),
        })
        .await;
        let client = connected(&user("b", "b"), &format!("127.0.0.1:{}", server.port())).await;
        let queue = jetstream("orders", client);
        for told in [
            queue.publisher(CAPACITY, 1_000).await.map(drop),
            queue.consumer::<u64>(CAPACITY, 1_000).await.map(drop),
        ] {
            assert!(matches!(told, Err(RemoteError::Denied(_))), "{told:?}");
        }
    })
    .await;
}

/// The server tells the client and not the one who asked, so it looks as if nobody were there; the words say what to look at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_without_the_permissions_is_told_to_look_at_them() {
    within(async {
        let server = Server::start_with(Settings {
            config: "authorization { users: [ { user: a, password: a, permissions: { publish: { deny: \"$JS.API.>\" } } } ] }".to_owned(),
            options: user("a", "a"),
        })
        .await;
        let queue = jetstream("orders", server.client().await).give_up_after(Duration::from_millis(100));
        let told = queue.publisher(CAPACITY, 1_000).await.map(drop).unwrap_err();
        assert_eq!(
            told.to_string(),
            "the broker cannot be reached (no answer in time): see whether it runs, and whether this program may use its JetStream API"
        );
    })
    .await;
}
