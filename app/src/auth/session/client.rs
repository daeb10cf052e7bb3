//! Core. The address and the browser of a request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::config::USER_AGENT_MAX;

/// The `User-Agent` header without control characters, cut to [`USER_AGENT_MAX`].
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::USER_AGENT)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    String::from_utf8_lossy(value)
        .chars()
        .filter(|character| !character.is_control())
        .take(USER_AGENT_MAX)
        .collect()
}

/// The peer of the socket; behind `proxies` trusted proxies, the peer that the outermost of them saw. Each appends its peer
/// to `X-Forwarded-For`, so the address is counted from the right; what the client wrote itself is further left and ignored.
pub fn address(request: &Request, proxies: usize) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    // Lossy: an invalid byte from the client must not hide what the proxy appended.
    let lines: Vec<_> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let forwarded: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).collect();
    let client = (proxies > 0)
        .then(|| forwarded.len().checked_sub(proxies))
        .flatten()
        .and_then(|at| ip(forwarded[at].trim()));
    client.or(peer).map(|ip| ip.to_string()).unwrap_or_default()
}

/// Some proxies write the port, too.
fn ip(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    text.parse().or_else(|_| with_port()).ok()
}

/// The part of a user agent that an update of the browser leaves unchanged: all but the version numbers.
pub fn browser(user_agent: &str) -> String {
    let is_version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    user_agent.chars().filter(|&c| !is_version(c)).collect()
}
