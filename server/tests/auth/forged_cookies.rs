//! Cookies that the server did not issue in this form: altered, truncated, spliced, or validly signed but meaningless.
//! Each makes a guest, and costs no query unless the signature is valid.

use std::fmt::Write;
use std::time::Duration;

use app::auth::EventKind;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use base64::{Engine, alphabet};
use proptest::prelude::*;

use crate::auth::session_cookie::{assert_all_worthless, assert_worthless, sealed_at};
use crate::support::site::{Settings, site, site_with};
use crate::support::visitor::{DEVICE, FLASH, LOGIN_FORM, REMEMBER, SESSION, email, send};

const SESSION_PURPOSE: &str = "latchkey session cookie 2";

const START: i64 = 1_700_000_000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Each value has one valid encoding, even if its last base64 character has unused bits.
#[tokio::test]
async fn another_encoding_of_the_same_bytes_is_rejected() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let remember = ada.remember_cookie().unwrap().to_owned();
    assert_eq!(
        remember.len() % 4,
        2,
        "the last character has four unused bits"
    );
    let last = remember.len() - 1;
    let spare: Vec<String> = alphabet::URL_SAFE
        .as_str()
        .chars()
        .map(|last_one| format!("{}{last_one}", &remember[..last]))
        .filter(|other| *other != remember)
        .collect();
    assert_eq!(spare.len(), 63);
    let session = ada.session_cookie();
    let bytes = BASE64.decode(session).unwrap();
    let mac = hex(&bytes[..32]);
    let sessions = [
        format!("{session}="),
        format!("{session}=="),
        format!("{session}===="),
        format!("{}|{mac}", BASE64.encode(&bytes[32..])),
        format!("{}|{}", BASE64.encode(&bytes[32..]), mac.to_uppercase()),
        format!("{mac}{}", BASE64.encode(&bytes[32..])),
        hex(&bytes),
        format!("{session}\u{301}"),
    ];
    for value in &sessions {
        assert_worthless(&site, value).await;
    }
    let padded = [format!("{remember}="), format!("{remember}==")];
    for value in spare
        .iter()
        .chain(&padded)
        .chain(&[STANDARD.encode(BASE64.decode(&remember).unwrap())])
    {
        let mut visitor = site.visitor();
        visitor.cookies.insert(REMEMBER.into(), value.clone());
        let (queries, name) = site.queries(visitor.name()).await;
        assert_eq!((queries, name), (0, None), "{value}");
    }
}

/// The cookie has one fixed format. It has no key names, algorithms or compression that an attacker could choose.
#[tokio::test]
async fn the_cookie_format_leaves_an_attacker_no_choice() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let good = ada.session_cookie();
    let bytes = BASE64.decode(good).unwrap();
    let (mac, signed) = bytes.split_at(32);
    let (time, token) = signed.split_at(8);
    let mut values: Vec<String> = [0, 1, 8, 16, 31]
        .map(|length| BASE64.encode([&mac[..length], signed].concat()))
        .into();
    for key in ["1", "", "0", "../../key", "' OR 1=1", &"k".repeat(10_000)] {
        for separator in [".", "|", ":", "$", ""] {
            values.push(format!("{key}{separator}{good}!"));
            values.push(format!("{good}{separator}{key}!"));
        }
    }
    for algorithm in ["none", "None", "nOnE", "HS256"] {
        let header = BASE64.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
        values.push(format!("{header}.{}.", BASE64.encode(token)));
        values.push(format!(
            "{header}.{}.{}",
            BASE64.encode(token),
            BASE64.encode(mac)
        ));
    }
    values.extend([
        ".".into(),
        "....".into(),
        format!(".{good}"),
        format!("{good}."),
        [good; 4].join("."),
        vec!["a"; 100].join("."),
        BASE64.encode(token),
        BASE64.encode(signed),
        BASE64.encode([signed, mac].concat()),
        BASE64.encode([mac, token, time].concat()),
        BASE64.encode([mac, mac, signed].concat()),
        BASE64.encode([mac, &[0; 8], signed].concat()),
        // The boundary between the fields is shifted by one byte, in either direction.
        BASE64.encode([mac, &time[1..], token, &[0]].concat()),
        BASE64.encode([mac, &[0], time, &token[..31]].concat()),
        // The first bytes of a gzip or zlib bomb.
        format!(".{}", BASE64.encode(b"\x78\x9c\xed\xc1\x01\x0d")),
        format!(".{}", BASE64.encode(b"\x1f\x8b\x08\x00")),
    ]);
    assert_all_worthless(&site, values).await;
}

/// A part of one cookie is invalid in another, and a guest's flash cookie cannot be extended into a session.
#[tokio::test]
async fn a_cookie_spliced_from_parts_of_others_is_rejected() {
    let site = site().await;
    let ada = site.user("Ada").await;
    site.pass(Duration::from_secs(10));
    let grace = site.user("Grace").await;
    let parts = |cookie: &str| {
        let bytes = BASE64.decode(cookie).unwrap();
        (
            bytes[..32].to_vec(),
            bytes[32..40].to_vec(),
            bytes[40..].to_vec(),
        )
    };
    let a = parts(ada.session_cookie());
    let g = parts(grace.session_cookie());
    for (mac, time, token) in [
        (&a.0, &g.1, &a.2),
        (&g.0, &g.1, &a.2),
        (&a.0, &a.1, &g.2),
        (&g.0, &a.1, &a.2),
        (&g.0, &a.1, &g.2),
        (&a.0, &g.1, &g.2),
    ] {
        assert_worthless(&site, &BASE64.encode([&**mac, time, token].concat())).await;
    }

    let mut guest = site.visitor();
    guest.log_in("Nobody").await;
    let names: Vec<_> = guest.cookies.keys().collect();
    assert_eq!(names, [FLASH], "a guest has no session");
    let mut flash = BASE64.decode(&guest.cookies[FLASH]).unwrap();
    for more in [&b"user_id=1"[..], &a.2, b"{\"user\":{\"id\":\"1\"}}"] {
        flash.extend(more);
        assert_worthless(&site, &BASE64.encode(&flash)).await;
        guest.cookies.insert(FLASH.into(), BASE64.encode(&flash));
        assert!(guest.is_guest().await);
    }
}

/// Every cookie and an access token, each in the place of each other one.
#[tokio::test]
async fn a_value_signed_for_one_purpose_is_rejected_for_every_other() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let token = ada.create_token("CI").await;
    ada.submit("/api/password", &[]).await; // Sets the flash cookie.
    let mut values = ada.cookies.clone();
    assert_eq!(values.len(), 4, "{values:?}");
    values.insert("token".into(), token);
    for (made_for, value) in &values {
        for name in [SESSION, REMEMBER, DEVICE, FLASH] {
            if made_for != name {
                let mut visitor = site.visitor();
                visitor.cookies.insert(name.into(), value.clone());
                let (queries, page) = site.queries(visitor.visit("/login")).await;
                assert_eq!(queries, 0, "{made_for} as {name}");
                page.shows(r#"<div role="alert" tabindex="-1"><!></div>"#);
            }
        }
        if made_for != "token" {
            let mut script = site.visitor();
            script.token = Some(value.clone());
            let answer = script.ask("/api/account").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{made_for}");
        }
    }
}

/// Values signed with the server's own secret, with impossible times.
#[tokio::test]
async fn a_signed_cookie_with_an_impossible_time_is_rejected() {
    let site = site().await;
    let token = [7; 32];
    for (what, issued_at) in [
        ("long ago", START - 24 * 3600),
        ("a second too late", START + 121),
        ("a day too late", START + 24 * 3600),
        ("in milliseconds", START * 1000),
        ("nothing", 0),
        ("before that", -1),
        ("the first", i64::MIN),
        ("the second", i64::MIN + 1),
        ("the last", i64::MAX),
        ("of 32 bits", i64::from(i32::MAX)),
    ] {
        let value = sealed_at(SESSION_PURPOSE, &issued_at.to_be_bytes(), &token);
        let mut visitor = site.visitor();
        visitor.set_session_cookie(&value);
        let (queries, page) = site.queries(visitor.visit("/account")).await;
        page.leads_to("/login?next=%2Faccount");
        assert_eq!(queries, 0, "{what}");
    }
    for time in [
        &b""[..],
        b"1e9",
        b"1.5",
        b"+5",
        b"00001700000000",
        b"1700000000",
        "١٧٠٠٠٠٠٠٠٠".as_bytes(),
        b" 1700000000",
        b"0x6553f100",
    ] {
        assert_worthless(&site, &sealed_at(SESSION_PURPOSE, time, &token)).await;
    }
    // Valid times are accepted, so the others were rejected because of their times.
    for issued_at in [START, START + 60, START - 24 * 3600 + 1] {
        let mut visitor = site.visitor();
        visitor.set_session_cookie(sealed_at(SESSION_PURPOSE, &issued_at.to_be_bytes(), &token));
        let (queries, _) = site.queries(visitor.visit("/account")).await;
        assert_eq!(queries, 1, "{issued_at}");
    }
}

/// A clock that jumps neither prolongs nor shortens a session. A cookie that is from the future by more than the allowed
/// clock skew makes a guest until that time has come.
#[tokio::test]
async fn a_clock_jump_neither_prolongs_nor_ends_a_session() {
    const HOUR: Duration = Duration::from_hours(1);
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.set_back(HOUR);
    assert!(ada.is_guest().await);
    site.pass(HOUR);
    assert!(!ada.is_guest().await, "the session still exists");
    site.pass(HOUR);
    assert!(!ada.is_guest().await);
    site.set_back(HOUR);
    assert!(!ada.is_guest().await);
    site.pass(10 * HOUR);
    assert!(!ada.is_guest().await);
    site.pass(10 * HOUR);
    assert!(!ada.is_guest().await);
    site.pass(4 * HOUR);
    assert!(
        ada.is_guest().await,
        "the session ends a day after the login"
    );

    for year in [2038, 2039, 2100, 2400] {
        let site = self::site().await;
        site.pass(Duration::from_secs((year - 2023) * 365 * 24 * 3600));
        let mut grace = site.user("Grace").await;
        assert!(!grace.is_guest().await, "{year}");
        site.pass(12 * HOUR);
        assert!(grace.is_guest().await, "{year}");
    }
}

/// Validly signed flash cookies whose payload the server never writes.
#[tokio::test]
async fn a_signed_flash_cookie_of_another_shape_shows_no_message() {
    let site = site().await;
    let time = START.to_be_bytes();
    for payload in [
        &b""[..],
        b"null",
        b"[]",
        b"\"x\"",
        b"1",
        b"{}",
        b"{\"page\":\"/login\",\"error\":null}",
        b"not JSON",
        b"\xff\xfe",
        b"\xef\xbb\xbf{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\",\"typed\":[]}",
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\"}",
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\",\"notice\":\"signed_up\",\"typed\":[]}",
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"of another version\",\"typed\":[]}",
        b"{\"page\":\"/login\",\"error\":{\"text\":\"Call us\"},\"notice\":null,\"typed\":[]}",
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\",\"typed\":[[\"email\",7]]}",
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\",\"typed\":[]} trailing",
        &b"[".repeat(2000),
    ] {
        let mut visitor = site.visitor();
        let value = sealed_at("latchkey flash cookie 2", &time, payload);
        visitor.cookies.insert(FLASH.into(), value);
        let page = visitor.visit("/login").await;
        page.shows(LOGIN_FORM);
        assert!(!page.body.contains("Thanks for signing up"), "{payload:?}");
    }
    let mut visitor = site.visitor();
    let payload =
        b"{\"page\":\"/login\",\"error\":null,\"notice\":\"signed_up\",\"typed\":[],\"more\":1}";
    visitor.cookies.insert(
        FLASH.into(),
        sealed_at("latchkey flash cookie 2", &time, payload),
    );
    visitor.visit("/login").await.shows("Thanks for signing up");
    // The cookies of older and newer releases are signed for another purpose.
    for version in ["1", "3", ""] {
        let label = format!("latchkey session cookie {version}");
        assert_worthless(&site, &sealed_at(&label, &time, &[7; 32])).await;
    }
}

/// A cookie contains neither its user's identity nor any role.
#[tokio::test]
async fn no_cookie_reveals_its_user() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let id = ada.ask("/api/current_user").await.json()["user"]["id"].to_string();
    // The flash cookie, valid for a minute, contains what the visitor typed into a form.
    for name in [SESSION, REMEMBER, DEVICE] {
        let bytes = BASE64.decode(&ada.cookies[name]).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in [
            "example",
            &email("Ada"),
            id.trim_matches('"'),
            "user",
            "role",
            "admin",
        ] {
            assert!(!text.contains(&word.to_lowercase()), "{name}");
        }
    }
}

/// Each costs no query, sets no cookie, and writes one log line that does not repeat the value.
#[tokio::test]
async fn ten_thousand_forged_cookies_run_no_query() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    let lines = site.log.lines().len();
    let mut times = [Duration::ZERO; 2];
    let (queries, ()) = site
        .queries(async {
            for number in 0..10_000_u32 {
                let mut bytes = [0; 72];
                bytes[..4].copy_from_slice(&number.to_be_bytes());
                let value = BASE64.encode(bytes);
                let begun = std::time::Instant::now();
                let request = Request::get("/api/current_user")
                    .header(header::COOKIE, format!("{SESSION}={value}"))
                    .body(Body::empty());
                let answer = send(&site.router, request.unwrap()).await;
                times[usize::from(number >= 5_000)] += begun.elapsed();
                answer.is_for_a_guest();
                assert!(answer.cookies().is_empty());
            }
        })
        .await;
    assert_eq!(queries, 0);
    assert!(times[1] < 3 * times[0], "{times:?}");
    let events = site.events();
    let tampered = events
        .iter()
        .filter(|event| **event == EventKind::CookieTampered);
    assert_eq!(tampered.count(), 10_000);
    let new = &site.log.lines()[lines..];
    let of_it = new.iter().filter(|line| line.contains("cookie_tampered"));
    assert_eq!(of_it.count(), 10_000);
    assert!(new.iter().all(|line| !line.contains("AAAAAAAA")));
    assert!(!ada.is_guest().await);
}

/// What an attacker can do to a valid cookie with an editor.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize, u8),
    Remove(usize),
    Replace(usize, u8),
    Swap(usize, usize),
    Cut(usize),
    Repeat(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let (at, byte) = (0..96_usize, any::<u8>());
    let edit = prop_oneof![
        (at.clone(), byte).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        at.clone().prop_map(Edit::Remove),
        (at.clone(), byte).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Edit::Swap(one, other)),
        at.clone().prop_map(Edit::Cut),
        (at.clone(), at).prop_map(|(from, to)| Edit::Repeat(from, to)),
    ];
    prop::collection::vec(edit, 1..4)
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let length = bytes.len().max(1);
        let within = |at: usize| at % length;
        match *edit {
            _ if bytes.is_empty() => {}
            Edit::Insert(at, byte) => bytes.insert(within(at), byte),
            Edit::Remove(at) => drop(bytes.remove(within(at))),
            Edit::Replace(at, byte) => bytes[within(at)] = byte,
            Edit::Swap(one, other) => bytes.swap(within(one), within(other)),
            Edit::Cut(at) => bytes.truncate(within(at)),
            Edit::Repeat(from, to) => {
                let (from, to) = (within(from).min(within(to)), within(from).max(within(to)));
                bytes.extend_from_within(from..to);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    /// Random edits of the text or of the bytes of a valid cookie.
    #[test]
    fn an_edited_cookie_is_rejected(all in prop::collection::vec((any::<bool>(), edits()), 50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site_with(Settings::default()).await;
            let ada = site.user("Ada").await;
            let good = ada.session_cookie();
            let values = all.into_iter().filter_map(|(as_text, edits)| {
                if !as_text {
                    return Some(BASE64.encode(edited(BASE64.decode(good).unwrap(), &edits)));
                }
                let text = edited(good.into(), &edits);
                let fits = text.iter().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(byte));
                fits.then(|| String::from_utf8(text).unwrap())
            });
            assert_all_worthless(&site, values.filter(|value| value != good)).await;
        });
    }
}
