//! The files of the page, inside the program.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

/// One file: its path, its type, its text.
pub(super) struct File {
    pub(super) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// All files of the page.
pub(super) static FILES: [File; 10] = [
    File { path: "/", kind: "text/html; charset=utf-8", text: include_str!("page/index.html") },
    File { path: "/style.css", kind: "text/css; charset=utf-8", text: include_str!("page/style.css") },
    File { path: "/icon.svg", kind: "image/svg+xml", text: include_str!("page/icon.svg") },
    File { path: "/app.js", kind: SCRIPT, text: include_str!("page/app.js") },
    File { path: "/dom.js", kind: SCRIPT, text: include_str!("page/dom.js") },
    File { path: "/graph.js", kind: SCRIPT, text: include_str!("page/graph.js") },
    File { path: "/grid.js", kind: SCRIPT, text: include_str!("page/grid.js") },
    File { path: "/history.js", kind: SCRIPT, text: include_str!("page/history.js") },
    File { path: "/tables.js", kind: SCRIPT, text: include_str!("page/tables.js") },
    File { path: "/words.js", kind: SCRIPT, text: include_str!("page/words.js") },
];

impl IntoResponse for &File {
    fn into_response(self) -> Response {
        let kind = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(self.kind))]);
        (kind, self.text).into_response()
    }
}
