//! The rate limit by client address, which a header of the client cannot change.

use std::net::SocketAddr;

use app::auth::Options;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, StatusCode, header};

use super::throttle::MINUTE;
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{Answer, email, encode};

#[tokio::test]
async fn sign_ups_and_logins_share_one_limit() {
    let site = site().await;
    let mut visitor = site.visitor();
    visitor.address = Some(([192, 0, 2, 1], 4711).into());
    for number in 0..30 {
        let fields = [
            ("email", &*format!("{number}@b.test")),
            ("password", "too short"),
        ];
        let answer = visitor.call("/api/signup", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(visitor.sign_up("Ada").await.location(), Some("/signup"));
    assert_eq!(site.rows("users").await.len(), 0);
    site.pass(MINUTE);
    visitor.sign_up("Ada").await.leads_to("/login");
}

/// Sends a wrong password from this peer address, with an `X-Forwarded-For` header that names another one.
pub(super) async fn from(site: &Site, address: &str, name: &str) -> Answer {
    let email = email(name);
    let peer: SocketAddr = format!("{address}:4711").parse().unwrap();
    let request = Request::post("/api/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-for", "203.0.113.9")
        .extension(ConnectInfo(peer))
        .body(Body::from(encode(&[
            ("email", &email),
            ("password", "a wrong guess"),
        ])));
    site.visitor().exchange(request.unwrap()).await
}

#[tokio::test]
async fn one_address_gets_thirty_attempts_a_minute_on_all_accounts_together() {
    let site = site().await;
    for (one, same, other) in [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("[2001:db8::1]", "[2001:db8::ffff:1]", "[2001:db8:0:1::1]"),
    ] {
        for number in 0..30 {
            let answer = from(&site, one, &format!("user{number}")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{number}");
        }
        let answer = from(&site, same, "another").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.body, r#""too_many_attempts""#);
        assert_eq!(answer.headers["retry-after"], "60");
        assert_eq!(
            from(&site, other, "another").await.status,
            StatusCode::UNAUTHORIZED
        );
        site.pass(MINUTE);
        assert_eq!(
            from(&site, same, "another").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_the_peer_that_the_proxy_saw() {
    let forwarded = async |site: &Site, lines: &[&str]| {
        let peer: SocketAddr = "10.0.0.1:4711".parse().unwrap();
        let mut request = Request::post("/api/login").extension(ConnectInfo(peer));
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            request = request.header("x-forwarded-for", line);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("email=a%40b.test&password=x"));
        site.visitor().exchange(request.unwrap()).await;
        let rows = site.rows("attempts").await;
        let row = rows
            .iter()
            .find(|row| row.contains("address:"))
            .expect("an address");
        row.split("address:")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    for (proxies, lines, client) in [
        (0, &["203.0.113.9"][..], "10.0.0.1"),
        (1, &["203.0.113.9"], "203.0.113.9"),
        (1, &["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        (1, &["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
        (2, &["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (2, &["203.0.113.9"], "10.0.0.1"),
        (1, &[], "10.0.0.1"),
        (1, &["nonsense"], "10.0.0.1"),
        (1, &["ÿ, 203.0.113.9"], "203.0.113.9"),
        (1, &["2001:db8::7"], "2001:db8::"),
        (1, &["203.0.113.9:4711"], "203.0.113.9"),
        (1, &["[2001:db8::7]:443"], "2001:db8::"),
    ] {
        let site = site_with(Settings {
            options: Options {
                proxies,
                ..Options::default()
            },
            ..Settings::default()
        })
        .await;
        assert_eq!(forwarded(&site, lines).await, client, "{proxies} {lines:?}");
    }
}

#[test]
fn an_ipv4_address_counts_alone_and_an_ipv6_address_with_its_64_network() {
    let network = |address: &str| app::auth::network(address.parse().unwrap());
    assert_eq!(network("203.0.113.9"), "203.0.113.9");
    assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
    assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(network("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
    assert_eq!(network("2001:db8:1:3::1"), "2001:db8:1:3::");
}

/// Only the peer address counts, whatever the client writes into a header.
#[tokio::test]
async fn a_header_does_not_make_a_new_client() {
    let site = site().await;
    let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
    let names = [
        "x-forwarded-for",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "x-client-ip",
        "fastly-client-ip",
        "x-cluster-client-ip",
        "forwarded",
    ];
    for number in 0..40 {
        let mut request = Request::post("/api/login").extension(ConnectInfo(peer));
        for name in names {
            let address = format!("203.0.113.{number}");
            let value = if name == "forwarded" {
                format!("for={address}")
            } else {
                address
            };
            request = request.header(name, value);
        }
        let email = format!("user{number}@example.com");
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encode(&[("email", &email), ("password", "x")])));
        let answer = site.visitor().exchange(request.unwrap()).await;
        let expected = if number < 30 {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::TOO_MANY_REQUESTS
        };
        assert_eq!(answer.status, expected, "{number}");
    }
}
