//! Debian's headless Chromium, driven by its chromedriver: as much of the WebDriver protocol as looking at one page takes.

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a script waits for what it waits for, in milliseconds.
const PATIENCE: u64 = 20_000;

/// How long chromedriver may take for an answer.
const LIMIT: Duration = Duration::from_millis(PATIENCE + 10_000);

/// A browser with one page. Dropped, it ends.
#[derive(Debug)]
pub struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    session: String,
    driver: Child,
}

/// What the page is to look like.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether the reader prefers dark pages.
    pub dark: bool,
    /// Whether the reader prefers that nothing moves.
    pub still: bool,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    /// Where there is no `chromedriver`, or no Chromium that it can start.
    pub async fn start() -> Self {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut driver = driver.expect("chromedriver is needed: `bash tests/browser/run` installs it");
        let mut lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
        let port = loop {
            let line = timeout(LIMIT, lines.next_line()).await;
            let line = line.expect("chromedriver starts in time").expect("it is text").expect("chromedriver starts");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut browser = Self { client, session: format!("http://127.0.0.1:{port}/session"), driver };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            // When chromedriver goes, however it goes, the browser goes too.
            "--remote-debugging-pipe",
        ];
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": PATIENCE },
        });
        let session = browser.post("", json!({ "capabilities": { "alwaysMatch": capabilities } })).await;
        browser.session += &format!("/{}", session["sessionId"].as_str().expect("a session has a name"));
        browser
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = Request::builder().method(Method::POST).uri(format!("{}{path}", self.session));
        let request = request.header("content-type", "application/json").body(Full::from(body.to_string()));
        let answer = timeout(LIMIT, self.client.request(request.expect("a request"))).await;
        let answer = answer.expect("chromedriver answers in time").expect("chromedriver answers");
        let status = answer.status();
        let text = answer.into_body().collect().await.expect("chromedriver answers").to_bytes();
        let mut answer: Value = serde_json::from_slice(&text).expect("chromedriver answers JSON");
        assert!(status.is_success(), "{path} {body}: {}", answer["value"]["message"]);
        answer["value"].take()
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// Sets the page's size, and what its reader prefers.
    pub async fn look(&self, Look { width, height, dark, still }: Look) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        let motion =
            json!({ "name": "prefers-reduced-motion", "value": if still { "reduce" } else { "no-preference" } });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [scheme, motion] })).await;
    }

    /// Goes to a page.
    pub async fn go(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// The value of an expression in the page.
    pub async fn eval(&self, expression: &str) -> Value {
        self.post("/execute/sync", json!({ "script": format!("return ({expression});"), "args": [] })).await
    }

    /// Waits until an expression is true in the page, and gives its value.
    ///
    /// # Panics
    /// When it does not become true; with what the page shows then.
    pub async fn wait_for(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[0], start = performance.now();
             (function look() {{
                 let value;
                 try {{ value = ({expression}); }} catch (error) {{ value = null; }}
                 if (value) done([value]);
                 else if (performance.now() - start > {}) done(null);
                 else setTimeout(look, 20);
             }})();",
            PATIENCE - 2_000,
        );
        let mut found = self.post("/execute/async", json!({ "script": script, "args": [] })).await;
        if found.is_null() {
            panic!("not in time: {expression}\n{}\n{}", self.eval("document.body.innerText").await, self.log().await);
        }
        found[0].take()
    }

    /// Presses and releases a key, by WebDriver's name for it: a letter, or a code point of its private use area.
    pub async fn press(&self, key: char) {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] })).await;
    }

    /// What the page has written to its console since the last call: errors, also those of its content security policy, and all else.
    pub async fn log(&self) -> Value {
        self.post("/se/log", json!({ "type": "browser" })).await
    }

    /// A picture of what is shown, as PNG in base 64.
    pub async fn picture(&self) -> String {
        let picture = self.devtools("Page.captureScreenshot", json!({ "format": "png" })).await;
        picture["data"].as_str().expect("a picture").to_owned()
    }

    /// Ends the browser; without it, chromedriver is killed, and with it the browser.
    pub async fn close(mut self) {
        let request = Request::builder().method(Method::DELETE).uri(&self.session).body(Full::default());
        let _ = self.client.request(request.expect("a request")).await;
        let _ = self.driver.kill().await;
    }
}
