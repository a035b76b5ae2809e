//! A client that sends what it is told to, and reads events as they come.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
    }
}

/// A request on a connection of its own; without a `host` among the headers it has the right one.
async fn send(addr: SocketAddr, method: Method, path: &str, headers: &[(&str, &str)]) -> Response<Incoming> {
    let stream = TcpStream::connect(addr).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header(HOST, addr.to_string());
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap()
}

pub async fn ask(addr: SocketAddr, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let (head, body) = send(addr, method, path, headers).await.into_parts();
    let text = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, text: String::from_utf8(text.to_vec()).unwrap() }
}

pub async fn get(addr: SocketAddr, path: &str) -> Answer {
    ask(addr, Method::GET, path, &[]).await
}

/// An open stream of events.
pub struct Events {
    body: Incoming,
    text: String,
}

impl Events {
    pub async fn open(addr: SocketAddr, path: &str) -> Self {
        let response = send(addr, Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event; `None` when the server has gone.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        let event = loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                break event;
            }
            let data = self.body.frame().await?.ok()?.into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        };
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        Some((field("event: ").to_owned(), serde_json::from_str(field("data: ")).unwrap()))
    }

    /// The next event of this name.
    pub async fn wait_for(&mut self, name: &str) -> Value {
        loop {
            let (event, data) = self.next().await.expect("the server serves on");
            if event == name {
                return data;
            }
        }
    }
}
