//! The session cookie: an invalid one is rejected by its signature, without a query.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::support::site::{OLDER_SECRET, SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{DEVICE, FLASH, REMEMBER, SESSION, Visitor};

/// The cookie makes a guest and costs no query.
pub async fn assert_worthless(site: &Site, value: &str) {
    assert_all_worthless(site, [value]).await;
}

/// The same for many values. The queries are counted once, because a count takes longer than a visit.
pub async fn assert_all_worthless(site: &Site, values: impl IntoIterator<Item = impl AsRef<str>>) {
    let visits = async {
        for value in values {
            let value = value.as_ref();
            let mut visitor = site.visitor();
            visitor.set_session_cookie(value);
            let page = visitor.visit("/account").await;
            page.leads_to("/login?next=%2Faccount");
            assert!(
                page.cookies()
                    .iter()
                    .all(|cookie| cookie.value().is_empty()),
                "{value:?}"
            );
        }
    };
    let (queries, ()) = site.queries(visits).await;
    assert_eq!(queries, 0, "one of the values");
}

pub(super) async fn is_known(visitor: &mut Visitor) -> bool {
    !visitor.is_guest().await
}

/// ASVS 7.2.3.
#[tokio::test]
async fn a_thousand_tokens_all_differ_and_each_bit_is_random() {
    const MANY: usize = 1_000;
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let mut tokens = BTreeMap::<_, Vec<Vec<u8>>>::new();
    for _ in 0..MANY {
        let mut ada = site.visitor();
        ada.log_in_remembered("Ada").await;
        // The token follows the signature and the time; in the device cookie the account's fingerprint comes before it.
        for (cookie, begin) in [(SESSION, 40), (REMEMBER, 40), (DEVICE, 72)] {
            let bytes = BASE64.decode(&ada.cookies[cookie]).expect("base64url");
            let token = bytes[begin..begin + 32].to_vec();
            tokens.entry(cookie).or_default().push(token);
        }
    }
    for (cookie, tokens) in tokens {
        let different: BTreeSet<_> = tokens.iter().collect();
        assert_eq!(different.len(), MANY, "{cookie}");
        for bit in 0..32 * 8 {
            let set = tokens
                .iter()
                .filter(|token| (token[bit / 8] >> (bit % 8)) & 1 == 1);
            let set = set.count();
            // Six standard deviations: a false alarm in one run of a million.
            assert!((400..=600).contains(&set), "{cookie}: bit {bit} in {set}");
        }
    }
}

#[tokio::test]
async fn every_flipped_bit_is_rejected_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let bytes = BASE64.decode(ada.session_cookie()).unwrap();
    assert_eq!(bytes.len(), 72, "32 bytes of MAC, 8 of time, 32 of token");
    let values = (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        BASE64.encode(flipped)
    });
    assert_all_worthless(&site, values).await;
}

#[tokio::test]
async fn every_changed_character_is_rejected_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let value = ada.session_cookie();
    let changes = (0..value.len()).flat_map(|at| (0..7).map(move |bit| (at, bit)));
    let values = changes.filter_map(|(at, bit)| {
        let mut bytes = value.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        let fits = bytes[at].is_ascii_graphic() && !b";,\"\\".contains(&bytes[at]);
        fits.then(|| String::from_utf8(bytes).unwrap())
    });
    assert_all_worthless(&site, values).await;
}

#[tokio::test]
async fn every_truncated_and_some_extended_values_are_rejected_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let value = ada.session_cookie();
    assert_all_worthless(&site, (0..value.len()).map(|length| &value[..length])).await;
    let foreign = [
        format!("{value}="),
        format!("{value}A"),
        format!("{value}.{value}"),
        format!("\"{value}"),
        value.to_lowercase(),
        value.chars().rev().collect(),
        "A".repeat(96),
        "A".repeat(4096),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".into(),
        "null".into(),
        "1".into(),
    ];
    assert_all_worthless(&site, foreign).await;
}

#[tokio::test]
async fn a_cookie_signed_with_another_sites_secret_is_rejected() {
    let ours = site().await;
    let theirs = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ada = theirs.user("Ada").await;
    assert_worthless(&ours, ada.session_cookie()).await;
}

/// A value that this server would sign, with any payload.
fn sealed(purpose: &str, payload: &[u8]) -> String {
    sealed_at(purpose, &1_700_000_000_i64.to_be_bytes(), payload)
}

/// The same, with any time.
pub fn sealed_at(purpose: &str, time: &[u8], payload: &[u8]) -> String {
    let signed = [time, payload].concat();
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, SECRET.as_bytes())
        .expand(purpose.as_bytes(), &mut key)
        .unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key)
        .unwrap()
        .chain_update(&signed)
        .finalize()
        .into_bytes();
    BASE64.encode([mac.as_slice(), &signed].concat())
}

#[tokio::test]
async fn validly_signed_garbage_makes_a_guest() {
    let site = site().await;
    for (cookie, purpose) in [
        (SESSION, "latchkey session cookie 2"),
        (REMEMBER, "latchkey remember cookie 1"),
        (FLASH, "latchkey flash cookie 2"),
    ] {
        for payload in [
            &b""[..],
            b"x",
            &[0; 31],
            &[0; 33],
            &[0; 37],
            b"{\"error\":7}",
        ] {
            let mut visitor = site.visitor();
            visitor
                .cookies
                .insert(cookie.into(), sealed(purpose, payload));
            let (queries, page) = site.queries(visitor.visit("/login")).await;
            assert_eq!(
                (queries, page.status.as_u16()),
                (0, 200),
                "{cookie} {payload:?}"
            );
        }
        // The right length is accepted, so the others were rejected for their content and not for their signature.
        let mut visitor = site.visitor();
        let payload = [0; 36];
        let length = if cookie == SESSION { 32 } else { 36 };
        visitor
            .cookies
            .insert(cookie.into(), sealed(purpose, &payload[..length]));
        let asked = site.queries(visitor.who_am_i()).await.0;
        assert_eq!(asked, usize::from(cookie != FLASH), "{cookie}");
    }
}

#[tokio::test]
async fn a_cookie_signed_for_another_purpose_is_not_a_session() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.submit(
        "/api/login",
        &[("email", "ada@example.com"), ("password", "wrong")],
    )
    .await;
    let flash = ada.cookies[FLASH].clone();
    assert_worthless(&site, &flash).await;

    let mut ada = site.user("Ada").await;
    let session = ada.session_cookie().to_owned();
    ada.cookies.insert(FLASH.into(), session);
    let mut guest = site.visitor();
    guest
        .cookies
        .insert(FLASH.into(), ada.session_cookie().to_owned());
    guest
        .visit("/login")
        .await
        .shows(r#"<div role="alert" tabindex="-1"><!></div>"#);
}

#[tokio::test]
async fn no_value_in_the_database_is_part_of_a_cookie() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    // The part behind the signature and the time.
    let token = |cookie: &str| {
        let bytes = BASE64.decode(&ada.cookies[cookie]).expect("base64url");
        BASE64.encode(&bytes[40..72])
    };
    let tokens = [token(SESSION), token(REMEMBER)];
    for table in ["users", "sessions", "remembered", "attempts"] {
        for row in site.rows(table).await {
            assert!(!tokens.iter().any(|token| row.contains(token)), "{row}");
            for cell in row.split(' ').filter_map(|cell| cell.split_once('=')) {
                assert_worthless(&site, cell.1).await;
            }
        }
    }
}

#[tokio::test]
async fn an_expired_cookie_is_rejected_by_its_issue_time() {
    let site = site().await;
    let ada = site.user("Ada").await;
    site.pass(Duration::from_secs(24 * 3600 - 1));
    let mut still = ada.clone();
    assert_eq!(
        site.queries(still.visit("/account")).await.0,
        1,
        "the cookie has not expired, so one query runs"
    );
    site.pass(Duration::from_secs(1));
    assert_worthless(&site, ada.session_cookie()).await;
}

#[tokio::test]
async fn a_cookie_from_the_future_is_accepted_within_the_clock_skew() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.set_back(Duration::from_mins(2));
    assert!(is_known(&mut ada).await);
    site.set_back(Duration::from_secs(1));
    assert_worthless(&site, ada.session_cookie()).await;
}

/// The cookie is left to expire: removing it could remove the new cookie of another tab.
#[tokio::test]
async fn a_cookie_of_an_ended_session_is_not_removed_because_of_other_tabs() {
    let site = site().await;
    let mut old_tab = site.user("Ada").await;
    let mut new_tab = old_tab.clone();
    new_tab.log_in("Ada").await;
    // The late response to the old cookie arrives after the new cookie, and must not replace it.
    let late = old_tab.who_am_i().await;
    assert!(late.cookies().is_empty());
    assert!(old_tab.is_guest().await);
    assert!(is_known(&mut new_tab).await);
}
