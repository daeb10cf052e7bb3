//! How the `Cookie` header is parsed: names and values exactly as sent; two different cookies of one name are rejected.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, header};

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, CURRENT_USER, SESSION, send};

/// The response to these `Cookie` lines, sent byte by byte as they are.
async fn with_lines(site: &Site, lines: &[&[u8]]) -> Answer {
    let mut request = Request::get(CURRENT_USER);
    for line in lines {
        request = request.header(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
    }
    send(&site.router, request.body(Body::empty()).unwrap()).await
}

/// Unicode counts these characters as white space. To a browser they are part of the name, so a neighbouring site may set
/// such a cookie without the conditions of `__Host-`.
#[tokio::test]
async fn a_cookie_name_padded_with_unicode_white_space_is_ignored() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let good = ada.session_cookie().to_owned();
    for space in ["\u{85}", "\u{a0}", "\u{2000}", "\u{2028}", "\u{3000}"] {
        for line in [
            format!("{space}{SESSION}={good}"),
            format!("{SESSION}{space}={good}"),
            format!("other=1;{space}{SESSION}={good}"),
        ] {
            let page = with_lines(&site, &[line.as_bytes()]).await;
            page.is_for_a_guest();
            // Beside the real cookie it changes nothing.
            let both = format!("{line}; {SESSION}={}", ada.session_cookie());
            with_lines(&site, &[both.as_bytes()]).await.knows("Ada");
        }
    }
    assert!(!ada.is_guest().await);
}

/// Only the exact value is accepted: unquoted, not percent-encoded, with nothing added.
#[tokio::test]
async fn another_spelling_of_a_valid_cookie_is_rejected() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let good = ada.session_cookie();
    let (first, rest) = good.split_at(1);
    let encoded = format!("{SESSION}=%{:02X}{rest}", first.as_bytes()[0]);
    let broken = |middle: &str| format!("{SESSION}={}{middle}{}", &good[..40], &good[40..]);
    for line in [
        String::new(),
        ";".into(),
        " ; ; ".into(),
        "=".into(),
        "=v".into(),
        format!("={good}"),
        good.into(),
        SESSION.into(),
        format!("{SESSION}="),
        format!("{SESSION}=="),
        format!("{SESSION}=\"\""),
        format!("{SESSION}=\"{good}\""),
        format!("{SESSION}=\"{good}"),
        format!("{SESSION}='{good}'"),
        format!("{SESSION}=={good}"),
        format!("={SESSION}={good}"),
        format!("L{}={good}", &SESSION[1..]),
        format!("{}={good}", SESSION.to_uppercase()),
        format!("%{:02X}{}={good}", SESSION.as_bytes()[0], &SESSION[1..]),
        format!("{SESSION}%3D{good}"),
        format!("{SESSION}+={good}"),
        format!("{SESSION}[]={good}"),
        encoded,
        broken(" "),
        broken("\t"),
        broken("+"),
        broken("%0A"),
        broken("\\"),
        broken(","),
        broken("\u{a0}"),
    ] {
        let (queries, page) = site.queries(with_lines(&site, &[line.as_bytes()])).await;
        page.is_for_a_guest();
        assert_eq!(queries, 0, "{line:?}");
        assert!(page.cookies().is_empty(), "{line:?}");
    }
    with_lines(&site, &[]).await.is_for_a_guest();
    // A server ignores spaces around the value (RFC 6265, 5.2).
    for line in [
        format!(" {SESSION} = {good} "),
        format!("a=b;{SESSION}={good};c=d"),
    ] {
        with_lines(&site, &[line.as_bytes()]).await.knows("Ada");
    }
}

/// Up to the largest possible head; `http/wire.rs` tests larger ones.
#[tokio::test]
async fn parsing_many_cookies_takes_time_in_proportion_to_their_length() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let good = ada.session_cookie();
    let many = |count: usize| {
        let cookies: Vec<_> = (0..count).map(|number| format!("c{number}=v")).collect();
        format!("{}; {SESSION}={good}", cookies.join("; "))
    };
    let time = async |count| {
        let line = many(count);
        let begun = std::time::Instant::now();
        with_lines(&site, &[line.as_bytes()]).await.knows("Ada");
        begun.elapsed()
    };
    time(10).await;
    time(1_000).await;
    let (some, more) = (time(5_000).await, time(40_000).await);
    assert!(
        more < 40 * some + Duration::from_millis(200),
        "{some:?} {more:?}"
    );

    let one = format!("{SESSION}={good}");
    let lines = vec![one.as_bytes(); 90];
    with_lines(&site, &lines).await.knows("Ada");
}

/// Flask-Login takes the first.
#[tokio::test]
async fn two_different_cookies_of_one_name_are_rejected() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let grace = site.user("Grace").await;
    let (a, g) = (ada.session_cookie(), grace.session_cookie());
    for (value, known) in [
        (format!("{SESSION}={a}; {SESSION}={g}"), false),
        (format!("{SESSION}={g}; {SESSION}={a}"), false),
        (format!("{SESSION}={a}; {SESSION}="), false),
        (format!("{SESSION}={a}; {SESSION}={a}"), true),
        (format!("a=b; {SESSION}={a}; c"), true),
    ] {
        let request = Request::get(CURRENT_USER)
            .header(header::COOKIE, &value)
            .body(Body::empty())
            .unwrap();
        let page = send(&site.router, request).await;
        assert_eq!(page.user().as_deref(), known.then_some("Ada"), "{value}");
    }
}

#[tokio::test]
async fn the_cookie_is_found_in_any_cookie_line_and_beside_any_others() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let mine = format!("{SESSION}={}", ada.session_cookie());
    let other = HeaderValue::from_bytes(b"other=\xff\xfe").unwrap();
    let request = Request::get(CURRENT_USER)
        .header(header::COOKIE, other)
        .header(header::COOKIE, &mine);
    let page = send(&site.router, request.body(Body::empty()).unwrap()).await;
    page.knows("Ada");

    let both = [b"other=\xff\xfe; ", mine.as_bytes()].concat();
    let request =
        Request::get(CURRENT_USER).header(header::COOKIE, HeaderValue::from_bytes(&both).unwrap());
    let page = send(&site.router, request.body(Body::empty()).unwrap()).await;
    page.knows("Ada");
}
