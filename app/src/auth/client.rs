//! Core. Who is at the other end: the address and the browser of a request.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, header};

use super::config::USER_AGENT_MAX;

/// As the browser calls itself, as far as it is kept.
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

/// The peer of the socket; behind so many proxies of ours, the one that the outermost of them saw. Each adds the peer it
/// has at the right, so whatever the client wrote itself is further left, and not believed.
pub(super) fn address(request: &Request, proxies: usize) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    // A byte of the client's that is no text must not hide what the proxy wrote behind it.
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

/// Who waits for a place of which there are few.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Client {
    /// Somebody who has given the right password before: a user, or the browser that they logged in with.
    Known(String),
    /// Anybody else, by the network they come from.
    Network(String),
}

/// What one client counts as: whoever has one IPv6 address has the 2^64 beside it.
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
            Ipv6Addr::from(u128::from(address) >> 64 << 64).to_string()
        }
        address => address.to_canonical().to_string(),
    }
}

/// What stays of a user agent when its browser is updated: everything but the numbers.
pub(super) fn browser(user_agent: &str) -> String {
    let is_version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    user_agent.chars().filter(|&c| !is_version(c)).collect()
}
