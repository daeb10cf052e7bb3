//! What a cookie is worth: found out by its signature alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use cookie::SameSite;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::support::site::{OLDER_SECRET, SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, password, send};

/// Nobody, at no cost.
pub async fn assert_worthless(site: &Site, value: &str) {
    let mut visitor = site.visitor();
    visitor.set_session_cookie(value);
    let (queries, page) = site.queries(visitor.visit("/account")).await;
    page.leads_to("/login?next=%2Faccount");
    assert_eq!(queries, 0, "{value:?}");
    assert!(
        page.cookies()
            .iter()
            .all(|cookie| cookie.value().is_empty()),
        "{value:?}"
    );
}

async fn is_known(visitor: &mut Visitor) -> bool {
    !visitor.is_guest().await
}

/// X21.
#[tokio::test]
async fn the_cookie_says_what_browsers_need_to_hear() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let cookie = ada.log_in("Ada").await.cookie("session");
    assert_eq!(cookie.name(), "session");
    let attributes = cookie.to_string().split_once("; ").unwrap().1.to_owned();
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/");
}

async fn https() -> Site {
    site_with(Settings {
        https: true,
        ..Settings::default()
    })
    .await
}

/// C7, C8, C17.
#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_to_https() {
    let site = https().await;
    let mut ada = site.user("Ada").await;
    assert!(is_known(&mut ada).await);

    let removal = ada.log_out().await.cookies().remove(0);
    assert_eq!(
        removal.to_string(),
        "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );

    ada.log_in("Ada").await;
    let value = ada.session_cookie().to_owned();
    for name in [
        "session",
        "__host-session",
        "__HOST-SESSION",
        "%5F%5FHost-session",
    ] {
        let mut other = site.visitor();
        other.cookies.insert(name.into(), value.clone());
        assert!(other.is_guest().await, "{name}");
    }
}

/// Somebody whose every answer is kept.
struct Stay {
    visitor: Visitor,
    answers: Vec<(String, Answer)>,
}

impl Stay {
    /// Sends a form, and opens the page that it leads to.
    async fn submit(&mut self, path: &str, fields: &[(&str, &str)], next: &str) {
        let answer = self.visitor.submit(path, fields).await;
        answer.leads_to(next);
        self.answers.push((path.into(), answer));
        self.visit(next).await;
    }

    async fn visit(&mut self, path: &str) {
        let answer = self.visitor.visit(path).await;
        self.answers.push((path.into(), answer));
    }
}

/// Every form there is, refused and accepted, from the sign-up to the end of the account.
async fn stay(site: &Site) -> Vec<(String, Answer)> {
    let mut ada = Stay {
        visitor: site.visitor(),
        answers: Vec::new(),
    };
    let (address, password, name) = (email("Ada"), password("Ada"), ("name", "Ada"));
    let (email, new) = (("email", &*address), format!("{password}, anew"));
    let (right, wrong) = (("password", &*password), ("password", "wrong"));
    let changed = ("password", &*new);
    ada.submit("/api/signup", &[name, email, wrong], "/signup")
        .await;
    ada.submit("/api/signup", &[name, email, right], "/login")
        .await;
    ada.submit("/api/login", &[email, wrong], "/login").await;
    let remember = ("remember", "on");
    ada.submit("/api/login", &[email, right, remember], "/")
        .await;
    ada.visitor.close_browser();
    ada.visit("/account").await;
    ada.submit("/api/confirm", &[wrong], "/confirm").await;
    ada.submit("/api/confirm", &[right], "/").await;
    for current in ["wrong", &password] {
        let fields = [("current_password", current), changed];
        ada.submit("/api/password", &fields, "/account/password")
            .await;
    }
    for days in ["never", "30"] {
        let fields = [("token_name", "CI"), ("days", days)];
        ada.submit("/api/create_token", &fields, "/account/tokens")
            .await;
    }
    ada.visit("/api/access_tokens").await;
    let tokens = ada.answers.last().expect("an answer").1.json();
    let id = tokens["tokens"][0]["id"].as_str().expect("a token");
    ada.submit("/api/revoke_token", &[("id", id)], "/account/tokens")
        .await;
    ada.submit("/api/end_session", &[], "/account/sessions")
        .await;
    for path in ["/api/sessions", "/api/account", "/api/current_user"] {
        ada.visit(path).await;
    }
    ada.submit("/api/logout", &[], "/").await;
    ada.submit("/api/login", &[email, changed], "/").await;
    ada.submit("/api/delete_account", &[], "/").await;
    ada.answers
}

/// ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4, 14.3.2, C66.
#[tokio::test]
async fn every_cookie_of_every_form_is_for_this_host_alone_and_for_no_script_and_no_cache() {
    let site = https().await;
    let (mut names, mut values) = (BTreeSet::new(), BTreeSet::new());
    let answers = stay(&site).await;
    for (path, answer) in &answers {
        for cookie in answer.cookies() {
            let what = format!("{path}: {cookie}");
            assert!(cookie.name().starts_with("__Host-"), "{what}");
            assert_eq!(
                (cookie.path(), cookie.domain()),
                (Some("/"), None),
                "{what}"
            );
            assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{what}");
            let kept_from = (cookie.secure(), cookie.http_only());
            assert_eq!(kept_from, (Some(true), Some(true)), "{what}");
            assert!(cookie.name().len() + cookie.value().len() <= 4096, "{what}");
            assert_eq!(
                answer.headers["cache-control"], "private, no-store",
                "{what}"
            );
            names.insert(cookie.name().to_owned());
            // What is behind the signature and the time opens as much as the whole.
            let bytes = BASE64.decode(cookie.value()).expect("base64url");
            let held = bytes.get(40..).map(|held| BASE64.encode(held));
            values.extend(held.into_iter().chain([cookie.value().to_owned()]));
        }
    }
    let all = ["device", "flash", "remember", "session"].map(|name| format!("__Host-{name}"));
    assert_eq!(names, all.into());
    values.remove("");
    for (path, answer) in &answers {
        let shown = values.iter().find(|value| answer.body.contains(*value));
        assert_eq!(shown, None, "{path}");
    }
    assert!(site.rows("users").await.is_empty(), "to the end");
}

/// ASVS 3.3.5, C66: what comes back to a form is what grows.
#[tokio::test]
async fn no_cookie_is_larger_than_browsers_keep() {
    let site = https().await;
    let field = |letter: char| format!("\"{letter}\":\"{}\"", "x".repeat(254));
    for count in 0..20 {
        let fields: Vec<_> = ('a'..).take(count).map(field).collect();
        let typed = format!("{{{}}}", fields.join(","));
        let fields = [("password", "x"), ("typed", &*typed)];
        let cookie = site.visitor().submit("/api/confirm", &fields).await;
        let cookie = cookie.cookie("__Host-flash");
        let length = cookie.name().len() + cookie.value().len();
        assert!(length <= 4096, "{count} fields: {length} bytes");
    }
}

/// ASVS 7.2.3.
#[tokio::test]
async fn a_thousand_tokens_are_all_different_and_each_of_their_bits_is_a_coin() {
    const MANY: usize = 1_000;
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let mut tokens = BTreeMap::<_, Vec<Vec<u8>>>::new();
    for _ in 0..MANY {
        let mut ada = site.visitor();
        ada.log_in_remembered("Ada").await;
        // Behind the signature and the time, and in the last also behind whose it is.
        for (cookie, begin) in [("session", 40), ("remember", 40), ("device", 72)] {
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
            // Six standard deviations: one run in a million.
            assert!((400..=600).contains(&set), "{cookie}: bit {bit} in {set}");
        }
    }
}

/// C25, C26.
#[tokio::test]
async fn every_flipped_bit_is_found_out_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let bytes = BASE64.decode(ada.session_cookie()).unwrap();
    assert_eq!(bytes.len(), 72, "mac, time, token");
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_worthless(&site, &BASE64.encode(flipped)).await;
    }
}

/// C26, C28.
#[tokio::test]
async fn every_changed_character_is_found_out_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let value = ada.session_cookie();
    for at in 0..value.len() {
        for bit in 0..7 {
            let mut bytes = value.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            if bytes[at].is_ascii_graphic() && !b";,\"\\".contains(&bytes[at]) {
                assert_worthless(&site, std::str::from_utf8(&bytes).unwrap()).await;
            }
        }
    }
}

/// C22, C23, C29, C34, C38.
#[tokio::test]
async fn every_shorter_and_some_longer_values_are_found_out_without_a_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let value = ada.session_cookie();
    for length in 0..value.len() {
        assert_worthless(&site, &value[..length]).await;
    }
    for foreign in [
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
    ] {
        assert_worthless(&site, &foreign).await;
    }
}

/// C37.
#[tokio::test]
async fn another_site_s_secret_signs_nothing_here() {
    let ours = site().await;
    let theirs = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ada = theirs.user("Ada").await;
    assert_worthless(&ours, ada.session_cookie()).await;
}

/// What this server would sign, with whatever in it.
fn sealed(purpose: &str, payload: &[u8]) -> String {
    sealed_at(purpose, &1_700_000_000_i64.to_be_bytes(), payload)
}

/// The same, at whatever time.
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

/// FX-35.
/// C56.
#[tokio::test]
async fn what_is_well_signed_and_makes_no_sense_is_nobody_and_no_error() {
    let site = site().await;
    for (cookie, purpose) in [
        ("session", "latchkey session cookie 2"),
        ("remember", "latchkey remember cookie 1"),
        ("flash", "latchkey flash cookie 1"),
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
        // The right length: so the others were turned away for what they hold, not for how they are signed.
        let mut visitor = site.visitor();
        let payload = [0; 36];
        let length = if cookie == "session" { 32 } else { 36 };
        visitor
            .cookies
            .insert(cookie.into(), sealed(purpose, &payload[..length]));
        let asked = site.queries(visitor.visit("/")).await.0;
        assert_eq!(asked, usize::from(cookie != "flash"), "{cookie}");
    }
}

/// C43.
#[tokio::test]
async fn a_cookie_signed_for_something_else_is_no_session() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.submit(
        "/api/login",
        &[("email", "ada@example.com"), ("password", "wrong")],
    )
    .await;
    let flash = ada.cookies["flash"].clone();
    assert_worthless(&site, &flash).await;

    let mut ada = site.user("Ada").await;
    let session = ada.session_cookie().to_owned();
    ada.cookies.insert("flash".into(), session);
    let mut guest = site.visitor();
    guest
        .cookies
        .insert("flash".into(), ada.session_cookie().to_owned());
    guest
        .visit("/login")
        .await
        .shows(r#"<div role="alert" tabindex="-1"><!></div>"#);
}

#[tokio::test]
async fn no_value_in_the_database_is_a_cookie_or_a_part_of_one() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    // Behind the signature and the time.
    let token = |cookie: &str| {
        let bytes = BASE64.decode(&ada.cookies[cookie]).expect("base64url");
        BASE64.encode(&bytes[40..72])
    };
    let tokens = [token("session"), token("remember")];
    for table in ["users", "sessions", "remembered", "attempts"] {
        for row in site.rows(table).await {
            assert!(!tokens.iter().any(|token| row.contains(token)), "{row}");
            for cell in row.split(' ').filter_map(|cell| cell.split_once('=')) {
                assert_worthless(&site, cell.1).await;
            }
        }
    }
}

/// FX-34: the model takes the first.
/// C16.
#[tokio::test]
async fn two_different_cookies_of_one_name_are_none() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let grace = site.user("Grace").await;
    let (a, g) = (ada.session_cookie(), grace.session_cookie());
    for (value, known) in [
        (format!("session={a}; session={g}"), false),
        (format!("session={g}; session={a}"), false),
        (format!("session={a}; session="), false),
        (format!("session={a}; session={a}"), true),
        (format!("a=b; session={a}; c"), true),
    ] {
        let request = Request::get("/")
            .header(header::COOKIE, &value)
            .body(Body::empty())
            .unwrap();
        let page = send(&site.router, request).await;
        assert_eq!(page.body.contains("Welcome back, Ada."), known, "{value}");
        assert!(!page.body.contains("Welcome back, Grace."), "{value}");
    }
}

/// C11, C14.
#[tokio::test]
async fn the_cookie_is_found_in_any_line_and_beside_anything() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let mine = format!("session={}", ada.session_cookie());
    let other = HeaderValue::from_bytes(b"other=\xff\xfe").unwrap();
    let request = Request::get("/")
        .header(header::COOKIE, other)
        .header(header::COOKIE, &mine);
    let page = send(&site.router, request.body(Body::empty()).unwrap()).await;
    page.shows("Welcome back, Ada.");

    let both = [b"other=\xff\xfe; ", mine.as_bytes()].concat();
    let request = Request::get("/").header(header::COOKIE, HeaderValue::from_bytes(&both).unwrap());
    let page = send(&site.router, request.body(Body::empty()).unwrap()).await;
    page.shows("Welcome back, Ada.");
}

/// FX-33.
/// C49.
#[tokio::test]
async fn a_stale_cookie_is_found_out_by_its_own_time() {
    let site = site().await;
    let ada = site.user("Ada").await;
    site.pass(Duration::from_secs(24 * 3600 - 1));
    let mut still = ada.clone();
    assert_eq!(
        site.queries(still.visit("/account")).await.0,
        1,
        "asked, for its time has not come"
    );
    site.pass(Duration::from_secs(1));
    assert_worthless(&site, ada.session_cookie()).await;
}

/// T-1, FX-32.
/// C50.
#[tokio::test]
async fn a_cookie_from_the_future_is_believed_as_far_as_clocks_differ() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.set_back(Duration::from_mins(2));
    assert!(is_known(&mut ada).await);
    site.set_back(Duration::from_secs(1));
    assert_worthless(&site, ada.session_cookie()).await;
}

/// K1, K3, C37: once its secret is gone.
#[tokio::test]
async fn a_cookie_under_an_older_secret_is_accepted_and_signed_anew() {
    let before = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let mut ada = before.visitor();
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    let old = ada.session_cookie().to_owned();

    let rotated = before
        .restarted_with(|s| s.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    let mut browser = rotated.visitor();
    browser.set_session_cookie(old.clone());
    rotated.pass(Duration::from_hours(1));
    assert!(browser.visit("/how-it-works").await.cookies().is_empty());
    let answer = browser.visit("/").await;
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    assert_eq!(answer.cookies()[0].max_age(), None);
    assert_ne!(browser.session_cookie(), old);
    assert!(is_known(&mut browser).await);
    assert!(
        browser.visit("/").await.cookies().is_empty(),
        "once is enough"
    );
    let anew = browser.session_cookie().to_owned();

    let removed = before.restarted_with(|s| s.secrets = vec![SECRET]).await;
    assert_worthless(&removed, &old).await;
    let mut kept = removed.visitor();
    kept.set_session_cookie(anew.clone());
    assert!(is_known(&mut kept).await);
    removed.pass(Duration::from_hours(23));
    assert_worthless(&removed, &anew).await; // It lives no longer for that.
}

/// K2.
#[tokio::test]
async fn the_first_secret_signs_and_not_another() {
    let rotated = site_with(Settings {
        secrets: vec![SECRET, OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ada = rotated.user("Ada").await;
    let first_alone = rotated.restarted_with(|s| s.secrets = vec![SECRET]).await;
    let mut browser = first_alone.visitor();
    browser.set_session_cookie(ada.session_cookie());
    assert!(is_known(&mut browser).await);
    let second_alone = rotated
        .restarted_with(|s| s.secrets = vec![OLDER_SECRET])
        .await;
    assert_worthless(&second_alone, ada.session_cookie()).await;
}

/// C61: nobody; but the cookie is left to expire, because taking it back would take the new one of another tab with it.
#[tokio::test]
async fn a_cookie_whose_session_is_gone_is_left_alone_for_the_sake_of_another_tab() {
    let site = site().await;
    let mut old_tab = site.user("Ada").await;
    let mut new_tab = old_tab.clone();
    new_tab.log_in("Ada").await;
    // The late answer to the old cookie reaches the browser after the new cookie: it must not touch it.
    let late = old_tab.visit("/").await;
    assert!(late.cookies().is_empty());
    assert!(old_tab.is_guest().await);
    assert!(is_known(&mut new_tab).await);
}
