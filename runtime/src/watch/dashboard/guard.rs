//! Who is answered: the addresses it may listen on, the hosts it answers for, and who may change something.

use std::io;
use std::net::{IpAddr, SocketAddr};

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Uri, uri::Authority};

/// A request that changes something must have this header: a page of another site can send it only after asking, and is never allowed.
pub(super) const CONTROL: HeaderName = HeaderName::from_static("aqueduct-control");

/// What was allowed.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    pub(super) control: bool,
    pub(super) remote: bool,
    /// In lower case.
    pub(super) hosts: Vec<String>,
}

impl Doors {
    /// Whether it may listen on these addresses.
    pub(super) fn admit(&self, addresses: &[SocketAddr]) -> io::Result<()> {
        match addresses.iter().find(|address| !self.remote && !address.ip().to_canonical().is_loopback()) {
            None => Ok(()),
            Some(address) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "{address} is not a loopback address: others could look at the dashboard; `allow_remote()` allows it"
                ),
            )),
        }
    }

    /// Whether a request that came to `local` may be answered; else why not.
    pub(super) fn knows_host(&self, uri: &Uri, headers: &HeaderMap, local: SocketAddr) -> Result<(), String> {
        let Some(host) = host(uri, headers) else {
            return Err("the request names no host, or several: it needs one `Host` header\n".into());
        };
        if self.allows(&host, local) {
            return Ok(());
        }
        Err(format!(
            "this dashboard does not answer for the host `{host}`: ask for {local} or localhost:{}, or allow the host by `.host(\"{}\")`\n",
            local.port(),
            host.host(),
        ))
    }

    fn allows(&self, host: &Authority, local: SocketAddr) -> bool {
        let name = host.host().to_ascii_lowercase();
        let is = |given: &String| *given == name || *given == host.as_str().to_ascii_lowercase();
        if self.hosts.iter().any(is) {
            return true;
        }
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let here = address.map_or(name == "localhost", |ip| {
            ip.to_canonical().is_loopback() || ip.to_canonical() == local.ip().to_canonical()
        });
        here && host.port_u16().unwrap_or(80) == local.port()
    }

    /// Whether a request may change something; else why not. Its host has been checked.
    pub(super) fn may_control(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), &'static str> {
        if !self.control {
            return Err(
                "this dashboard is read-only: the program that serves it may allow more by `allow_control()`\n",
            );
        }
        if !headers.contains_key(CONTROL) {
            return Err("a request that changes something needs the header `aqueduct-control`\n");
        }
        let same = |origin: &str| {
            let origin = origin.split_once("://").and_then(|(_, authority)| authority.parse::<Authority>().ok());
            origin.is_some() && origin == host(uri, headers)
        };
        match headers.get(ORIGIN).map(|origin| origin.to_str().is_ok_and(same)) {
            Some(false) => Err("another site may not change anything here\n"),
            Some(true) | None => Ok(()),
        }
    }
}

/// The host a request is for.
fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    if let Some(authority) = uri.authority() {
        return Some(authority.clone());
    }
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?.parse::<Authority>().ok()?;
    (hosts.next().is_none() && !host.as_str().contains('@')).then_some(host)
}
