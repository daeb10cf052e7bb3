//! E-mail addresses and names: which spellings of an address are one account, and which characters are rejected because
//! they are invisible, change the reading direction or imitate others.

use axum::http::StatusCode;
use proptest::prelude::*;

use crate::support::site::{Site, site};
use crate::support::visitor::Answer;

const PASSWORD: &str = "four words in a row";

async fn sign_up(site: &Site, name: &str, email: &str) -> Answer {
    let fields = [("name", name), ("email", email), ("password", PASSWORD)];
    site.visitor().call("/api/signup", &fields).await
}

async fn log_in(site: &Site, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    site.visitor().call("/api/login", &fields).await
}

async fn accounts(site: &Site) -> usize {
    site.rows("users").await.len()
}

/// Whether the two addresses are one account: the second sign-up changes nothing, and both log in to the first account.
async fn are_one(one: &str, other: &str) -> bool {
    let site = site().await;
    let (first, second) = (
        sign_up(&site, "First", one).await,
        sign_up(&site, "Second", other).await,
    );
    assert_eq!(first.status, StatusCode::OK, "{one:?}");
    assert_eq!(second.status, StatusCode::OK, "{other:?}");
    let same = accounts(&site).await == 1;
    assert_eq!(log_in(&site, one, PASSWORD).await.json()["name"], "First");
    let name = if same { "First" } else { "Second" };
    assert_eq!(log_in(&site, other, PASSWORD).await.json()["name"], name);
    same
}

#[tokio::test]
async fn spellings_of_one_address_are_one_account() {
    for (one, other) in [
        ("alice@example.com", "Alice@example.com"),
        ("alice@example.com", " alice@example.com "),
        ("alice@example.com", "\talice@example.com\u{3000}"),
        ("user@example.test", "USER@EXAMPLE.TEST"),
        ("zoë@example.com", "zoe\u{308}@example.com"),
        ("zoë@example.com", "ZOË@EXAMPLE.COM"),
        ("жук@example.com", "ЖУК@example.com"),
        ("οδυσσεύς@example.com", "ΟΔΥΣΣΕΎΣ@example.com"),
        ("σς@example.com", "ςσ@example.com"),
        ("straße@example.com", "STRAẞE@example.com"),
        ("user@bücher.test", "user@xn--bcher-kva.test"),
        ("user@bücher.test", "user@BÜCHER.test"),
    ] {
        assert!(are_one(one, other).await, "{one:?} {other:?}");
        assert!(are_one(other, one).await, "{other:?} {one:?}");
    }
}

/// Nor does a capital letter of one language match one of another: `ı` and `i` have the same capital (CVE-2019-19844).
#[tokio::test]
async fn addresses_that_only_look_alike_are_different_accounts() {
    for (one, other) in [
        ("alice@example.com", "аlice@example.com"),
        ("alice@example.com", "alıce@example.com"),
        ("alice@example.com", "aIice@example.com"),
        ("paypal@example.com", "рaypal@example.com"),
        ("mike@example.com", "mıke@example.com"),
        ("strasse@example.com", "straße@example.com"),
        ("admin@example.com", "admın@example.com"),
        ("user@example.com", "user@exаmple.com"),
        ("zoe@example.com", "zoë@example.com"),
        ("a.lice@example.com", "alice@example.com"),
        ("alice+x@example.com", "alice@example.com"),
    ] {
        assert!(!are_one(one, other).await, "{one:?} {other:?}");
    }
}

#[tokio::test]
async fn an_invisible_or_misleading_address_is_rejected() {
    let site = site().await;
    for address in [
        // White space inside.
        "al ice@example.com",
        "al  ice@example.com",
        "al\u{a0}ice@example.com",
        "al\u{3000}ice@example.com",
        // Invisible characters.
        "al\u{200b}ice@example.com",
        "al\u{200c}ice@example.com",
        "al\u{200d}ice@example.com",
        "al\u{2060}ice@example.com",
        "\u{feff}alice@example.com",
        "al\u{ad}ice@example.com",
        "al\u{34f}ice@example.com",
        "al\u{3164}ice@example.com",
        "al\u{fe0f}ice@example.com",
        "al\u{e0061}ice@example.com",
        "alice@exam\u{200b}ple.com",
        "alice@exam\u{ad}ple.com",
        // Characters that change the reading direction.
        "al\u{202e}ecila@example.com",
        "al\u{2066}ice@example.com",
        "al\u{2069}ice@example.com",
        "al\u{200e}ice@example.com",
        "al\u{61c}ice@example.com",
        // Private-use and unassigned characters.
        "al\u{e000}ice@example.com",
        "al\u{fffe}ice@example.com",
        "al\u{ffff}ice@example.com",
        "al\u{10ffff}ice@example.com",
        "al\u{378}ice@example.com",
        "al\u{fdd0}ice@example.com",
        // Compatibility characters that imitate others.
        "ａlice@example.com",
        "\u{212a}im@example.com",
        "ſam@example.com",
        "ﬁona@example.com",
        "ᴮᴵᴳᴮᴵᴿᴰ@example.com",
        "alice@ｅxample.com",
        "alice＠example.com",
        "alice@example。com",
        "①@example.com",
        // Its lower case is two characters, and the second is not allowed in an address.
        "İ@example.com",
        "i\u{307}@example.com",
        // Emoji that consist of several characters.
        "👩\u{200d}👧@example.com",
        "❤\u{fe0f}@example.com",
        // User names that a site might reserve; they are not addresses.
        "admin",
        "root",
        "support",
        "system",
        "null",
        "undefined",
        "me",
        "login",
        "api",
        ".",
        "..",
        "-",
        "__proto__",
        "constructor",
        "..@example.com",
        ".@example.com",
        "a@..",
        "@",
        "a@",
        "@example.com",
        "../x",
        "a\\b@example.com",
        // A quoted local part, an address literal as the domain, and a display name beside the address.
        "\"alice\"@example.com",
        "alice@[127.0.0.1]",
        "alice@ex%61mple.com",
        "Alice<alice@example.com>",
    ] {
        for answer in [
            sign_up(&site, "Alice", address).await,
            log_in(&site, address, PASSWORD).await,
        ] {
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{address:?}"
            );
            assert_eq!(answer.json(), "invalid_email", "{address:?}");
        }
    }
    assert_eq!(accounts(&site).await, 0);
}

/// The same for the displayed name. Letters of every script and single emoji are allowed.
#[tokio::test]
async fn a_name_with_invisible_or_direction_characters_is_rejected() {
    let site = site().await;
    for name in [
        "Ali\u{200b}ce",
        "Ali\u{200d}ce",
        "\u{feff}",
        "\u{ad}",
        "\u{fe0f}",
        "\u{3164}",
        "Alice\u{202e}",
        "\u{2066}Alice\u{2069}",
        "\u{200f}Alice",
        "Ali\u{2028}ce",
        "Ali\u{85}ce",
        "Ali\u{e000}ce",
        "Ali\u{fffe}ce",
        "Ali\u{378}ce",
        "Ali\u{0}ce",
        "A\u{fe0f}lice",
        "\u{2800}",
        "\u{2800}\u{2800}",
        "\u{301}",
        "\u{301}\u{20dd}",
        &"é".repeat(101),
        &"🗝".repeat(101),
    ] {
        let answer = sign_up(&site, name, "a@example.com").await;
        assert_eq!(answer.json(), "invalid_name", "{name:?}");
    }
    assert_eq!(accounts(&site).await, 0);
    for (number, (name, shown)) in [
        ("佐藤 Müller", "佐藤 Müller"),
        ("Zoe\u{308}", "Zoë"),
        (" Zoë\u{3000}", "Zoë"),
        ("🇫🇷", "🇫🇷"),
        ("❤\u{fe0f}", "❤\u{fe0f}"),
        ("葛\u{e0100}", "葛\u{e0100}"),
        ("محمد", "محمد"),
        ("O'Neil-Núñez, Jr.", "O'Neil-Núñez, Jr."),
        (&*"🗝".repeat(100), &*"🗝".repeat(100)),
        (&*"e\u{301}".repeat(100), &*"é".repeat(100)),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("{number}@example.com");
        sign_up(&site, name, &email).await;
        assert_eq!(log_in(&site, &email, PASSWORD).await.json()["name"], shown);
    }
}

/// Words that are special in SQL, paths or JavaScript are plain text here.
#[tokio::test]
async fn names_and_addresses_with_special_meanings_elsewhere_are_plain_text() {
    let site = site().await;
    for (number, name) in [
        "../x",
        "a/b",
        "a%2fb",
        "a?b",
        "a#b",
        "<b>",
        "=cmd()",
        "@SUM(A1)",
        "\"",
        "' autofocus onfocus=alert(1) x='",
        "</title><script>alert(1)</script>",
        "__proto__",
        "constructor",
        "null",
        "undefined",
        "admin",
        "{{7*7}}",
        "%s%n",
    ]
    .into_iter()
    .enumerate()
    {
        for email in [
            format!("n{number}@example.com"),
            format!("n{number}/x?y#z%2f=cmd()'@example.com").replace("()", ""),
        ] {
            sign_up(&site, name, &email).await;
            let mut visitor = site.visitor();
            let fields = [("email", &*email), ("password", PASSWORD)];
            let answer = visitor.call("/api/login", &fields).await;
            assert_eq!(answer.json()["name"], name);
            for path in ["/", "/account"] {
                let page = visitor.visit(path).await;
                assert_eq!(page.status, StatusCode::OK, "{name} {path}");
                assert!(!page.body.contains("<b>"), "{name}");
                assert!(!page.body.contains("<script>alert"), "{name}");
                assert!(!page.body.contains(">49<"), "{name}");
            }
            visitor.call("/api/logout", &[]).await;
        }
    }
}

/// All spellings of an address share one counter.
#[tokio::test]
async fn guesses_with_every_spelling_of_an_address_are_counted_together() {
    let site = site().await;
    sign_up(&site, "Zoë", "zoë.ς@bücher.test").await;
    for spelling in [
        "zoë.ς@bücher.test",
        "ZOË.Σ@BÜCHER.TEST",
        "zoe\u{308}.σ@xn--bcher-kva.test",
        " Zoë.ς@Bücher.test ",
        "zoë.σ@xn--BCHER-kva.test",
    ] {
        let answer = log_in(&site, spelling, "a wrong guess").await;
        assert_eq!(answer.json(), "invalid_credentials", "{spelling}");
    }
    let answer = log_in(&site, "zoë.ς@bücher.test", PASSWORD).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "the account waits for a second"
    );
}

/// Random local parts, with many more problematic characters than occur in practice.
fn local_parts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Z0-9.+_-]{1,4}",
        3 => prop::sample::select(vec![
            "İ", "ı", "I", "i", "i\u{307}", "ß", "ẞ", "ſ", "\u{212a}", "ς", "σ", "Σ", "é", "e\u{301}",
            "É", "ﬁ", "ａ", "Ａ", "ǅ", "Ǆ", "ΐ", "\u{1fd3}", "\u{344}", "ᾼ", "\u{200b}", "\u{202e}",
            "😀", "가", "\u{1100}\u{1161}", "Ω", "\u{2126}", "å", "\u{212b}", "\u{1e9b}\u{323}", "ſ\u{323}\u{307}",
        ]).prop_map(String::from),
        2 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn key(row: &str) -> String {
    let (_, rest) = row.split_once("email_key=").expect("a key");
    let (key, _) = rest.split_once(' ').expect("a key");
    key.to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    /// The stored key of an account is itself a valid spelling of the address with the same key; so is its upper case.
    #[test]
    fn every_address_that_can_sign_up_can_log_in_and_is_one_account(
        locals in prop::collection::vec(local_parts(), 40),
        domain in prop::sample::select(vec!["example.com", "EXAMPLE.com", "bücher.test", "BÜCHER.test"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site().await;
            for (number, local) in locals.into_iter().enumerate() {
                let address = format!("{local}@{domain}");
                let name = format!("Somebody{number}");
                let before = accounts(&site).await;
                let answer = sign_up(&site, &name, &address).await;
                if answer.status != StatusCode::OK {
                    assert_eq!(answer.json(), "invalid_email", "{address:?}");
                    let answer = log_in(&site, &address, PASSWORD).await;
                    assert_eq!(answer.json(), "invalid_email", "{address:?}");
                    continue;
                }
                let answer = log_in(&site, &address, PASSWORD).await;
                assert_eq!(answer.status, StatusCode::OK, "{address:?}");
                let rows = site.rows("users").await;
                let Some(row) = rows.iter().find(|row| row.split(' ').any(|cell| cell == format!("name={name}"))) else {
                    assert_eq!(rows.len(), before, "drawn before in another spelling: {address:?}");
                    continue;
                };
                for same in [key(row), address.to_lowercase(), format!(" {address}")] {
                    let answer = sign_up(&site, "Another", &same).await;
                    assert_eq!(answer.status, StatusCode::OK, "{address:?} {same:?}");
                    assert_eq!(accounts(&site).await, before + 1, "{address:?} {same:?}");
                    let answer = log_in(&site, &same, PASSWORD).await;
                    assert_eq!(answer.json()["name"], *name, "{address:?} {same:?}");
                }
            }
        });
    }
}
