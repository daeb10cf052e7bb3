//! Core. Who is at the other end: the address and the browser of a request.

use std::net::SocketAddr;

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

/// The peer of the socket. Headers that claim another are not believed.
pub(super) fn address(request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip().to_string())
        .unwrap_or_default()
}

/// What stays of a user agent when its browser is updated: everything but the numbers.
pub(super) fn browser(user_agent: &str) -> String {
    let is_version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    user_agent.chars().filter(|&c| !is_version(c)).collect()
}
