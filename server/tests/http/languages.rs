//! The language of a response, and the texts as a file.

use std::fs;

use app::auth::forms::messages::{Label, Message, from_files};
use app::language::{Key, Languages, Source, counted, filled, find, render_in};
use app::messages::Phrase;
use app::messages::languages::LANGUAGES;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use strum::VariantNames;

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, send};

/// Its texts are those of the test.
fn languages() -> Languages {
    const FILES: [Source; 3] = [
        Source {
            code: "en",
            file: "a test",
            text: "[greetings]\nhello = 'Hello'\nbye = 'Bye'\nrest = 'At least {PASSWORD_MIN}, {name}'",
        },
        Source {
            code: "de",
            file: "a test",
            text: "language = 'Deutsch'\n[greetings]\nhello = 'Hallo'\n[labels]\nlog_out = 'Raus'",
        },
        Source {
            code: "pl",
            file: "a test",
            text: "direction = 'rtl'\n[greetings]\nfiles = { one = '{count} plik', few = '{count} pliki', many = '{count} plików' }",
        },
    ];
    Languages::new(&FILES, &[])
}

fn accepted(languages: &Languages, accept: &str) -> &'static str {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
    languages.accepted(&headers).code
}

#[test]
fn the_browser_gets_the_language_that_it_prefers() {
    let languages = languages();
    for (accept, code) in [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("DE-ch", "de"),
        ("en;q=0.5, de;q=0.7", "de"),
        ("fr, pl;q=0.2, de;q=0.1", "pl"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0", "en"),
        ("", "en"),
        (",;q=,-,de-", "de"),
        ("a;q=nan, de;q=inf, pl;q=2, en;q=-1", "en"),
        ("nb, pl-Latn-PL", "pl"),
    ] {
        assert_eq!(accepted(&languages, accept), code, "{accept}");
    }
    assert_eq!(languages.accepted(&HeaderMap::new()).code, "en");
    // Weights that are no number have no order.
    let many = (0..200).map(|n| {
        let weight = if n % 3 == 0 {
            "nan".into()
        } else {
            format!("0.{}", n * 7 % 101)
        };
        format!("a{n};q={weight}")
    });
    let many = many.collect::<Vec<_>>().join(",");
    assert_eq!(accepted(&languages, &many), "en");
    let mut lines = HeaderMap::new();
    for line in ["fr", "de"] {
        lines.append(header::ACCEPT_LANGUAGE, line.parse().expect("a header"));
    }
    assert_eq!(languages.accepted(&lines).code, "de");
}

#[test]
fn a_language_without_its_region_stands_for_one_that_has_it() {
    const FILES: [Source; 2] = [
        Source {
            code: "en",
            file: "a test",
            text: "",
        },
        Source {
            code: "de-AT",
            file: "a test",
            text: "",
        },
    ];
    let languages = Languages::new(&FILES, &[]);
    assert_eq!(accepted(&languages, "de"), "de-AT");
    assert_eq!(accepted(&languages, "de-CH, en;q=0.1"), "en");
    // The core's texts of that language are those of its region, too.
    let texts: Vec<_> = languages.all()[1].texts().collect();
    assert!(
        texts.contains(&("labels", "log_out", "Abmelden")),
        "{texts:?}"
    );
}

#[tokio::test]
async fn a_text_is_that_of_the_language_else_of_the_first_one() {
    let languages = languages();
    let said = |code: &'static str| {
        let language = languages.named(code).expect("a language");
        render_in(language, async {
            let label = from_files(Message::Label(Label::LogOut)).text;
            [
                find("greetings", Key::Name("hello")),
                find("greetings", Key::Name("bye")),
                label,
            ]
        })
    };
    assert_eq!(said("en").await, ["Hello", "Bye", "Log out"]);
    assert_eq!(said("de").await, ["Hallo", "Bye", "Raus"]);
    assert_eq!(said("pl").await, ["Hello", "Bye", "Log out"]);
    let [english, german, polish] = languages.all() else {
        panic!("three languages");
    };
    assert_eq!([&*english.name, &*german.name], ["English", "Deutsch"]);
    assert_eq!(german.direction, None);
    assert_eq!(polish.direction.as_deref(), Some("rtl"));
}

#[tokio::test]
async fn each_language_says_its_own_texts_whichever_is_the_first() {
    const FILES: [Source; 2] = [
        Source {
            code: "de",
            file: "a test",
            text: "[greetings]\nhello = 'Hallo'\nbye = 'Tschüss'",
        },
        Source {
            code: "en",
            file: "a test",
            text: "[greetings]\nhello = 'Hello'",
        },
    ];
    let languages = Languages::new(&FILES, &[]);
    let said = |code: &'static str| {
        render_in(languages.named(code).expect("a language"), async {
            let label = from_files(Message::Label(Label::LogOut)).text;
            let greetings = ["hello", "bye"].map(|name| find("greetings", Key::Name(name)));
            (greetings, label)
        })
    };
    assert_eq!(
        said("de").await,
        (["Hallo".into(), "Tschüss".into()], "Abmelden".into())
    );
    assert_eq!(
        said("en").await,
        (["Hello".into(), "Tschüss".into()], "Log out".into())
    );
}

#[tokio::test]
async fn a_number_has_the_plural_form_of_the_language() {
    let languages = languages();
    let polish = languages.named("pl").expect("a language");
    let files = |count| {
        render_in(polish, async move {
            counted("greetings", Key::Name("files"), count)
        })
    };
    for (count, text) in [
        (0, "0 plików"),
        (1, "1 plik"),
        (3, "3 pliki"),
        (5, "5 plików"),
        (22, "22 pliki"),
    ] {
        assert_eq!(files(count).await, text);
    }
}

/// English has no "few", and says it in the form for all other numbers.
#[tokio::test]
async fn a_text_that_a_language_lacks_has_a_form_for_every_number() {
    let languages = languages();
    let polish = languages.named("pl").expect("a language");
    for count in 0..=200 {
        let time = render_in(polish, async move {
            counted("times", Key::Name("seconds"), count)
        });
        let expected = if count == 1 {
            "1 second".into()
        } else {
            format!("{count} seconds")
        };
        assert_eq!(time.await, expected);
    }
}

/// A text with plural forms and one without replace each other.
#[tokio::test]
async fn a_text_may_be_of_another_kind_than_the_one_that_it_replaces() {
    const FILES: [Source; 2] = [
        Source {
            code: "en",
            file: "a test",
            text: "[a]\none = { one = 'x', other = 'y' }\ntwo = 'z'",
        },
        Source {
            code: "de",
            file: "a test",
            text: "[a]\none = 'X'\ntwo = { other = 'Z' }",
        },
    ];
    let languages = Languages::new(&FILES, &[]);
    let said = render_in(languages.named("de").expect("a language"), async {
        [
            find("a", Key::Name("one")).into_owned(),
            counted("a", Key::Name("two"), 1),
        ]
    });
    assert_eq!(said.await, ["X", "Z"]);
}

#[tokio::test]
async fn values_and_limits_are_filled_in_once() {
    let languages = languages();
    let text = render_in(&languages.all()[0], async {
        find("greetings", Key::Name("rest"))
    })
    .await;
    assert_eq!(text, "At least 15, {name}");
    assert_eq!(filled(&text, &[("name", "Ada")]), "At least 15, Ada");
    let values = [("a", "{b}"), ("b", "B")];
    assert_eq!(filled("{a} {b} {c} { {", &values), "{b} B {c} { {");
}

#[test]
#[should_panic(expected = "a test: TOML parse error")]
fn a_file_that_is_no_toml_is_refused_with_its_name() {
    const BROKEN: [Source; 1] = [Source {
        code: "en",
        file: "a test",
        text: "[phrases",
    }];
    Languages::new(&BROKEN, &[]);
}

async fn page(site: &Site, path: &str, language: &str) -> Answer {
    site.visitor().visit_in(language, path).await
}

/// Pages, pages that are not found, and pages of refused requests.
#[tokio::test]
async fn a_page_is_in_the_language_of_its_browser_and_says_so_to_caches() {
    let site = site().await;
    for language in LANGUAGES.all() {
        for path in [
            "/",
            "/login",
            "/no/such/page",
            "/pkg/missing.js",
            "/api/unknown",
        ] {
            let page = page(&site, path, language.code).await;
            let lang = format!("<html lang=\"{}\"", language.code);
            assert!(page.body.contains(&lang), "{path}: {}", page.body);
            let vary = page.headers.get_all(header::VARY);
            assert!(
                vary.iter().any(|value| value == "accept-language"),
                "{path}: {:?}",
                page.headers
            );
        }
    }
    fs::write(site.files().join("robots.txt"), "User-agent: *").expect("a file");
    let file = page(&site, "/robots.txt", "en").await;
    assert_eq!(file.status, StatusCode::OK);
    let vary = file.headers.get_all(header::VARY);
    assert!(!vary.iter().any(|value| value == "accept-language"));
}

#[tokio::test]
async fn a_browser_downloads_the_texts_of_its_language_only_and_keeps_them() {
    let site = site().await;
    for language in LANGUAGES.all() {
        let home = page(&site, "/", language.code).await;
        for other in LANGUAGES.all() {
            assert_eq!(home.body.contains(&other.url), other.code == language.code);
        }
        let texts = page(&site, &language.url, language.code).await;
        assert_eq!(texts.status, StatusCode::OK);
        assert_eq!(texts.headers[header::CONTENT_TYPE], "application/json");
        let cache = &texts.headers[header::CACHE_CONTROL];
        assert_eq!(cache, "public, max-age=31536000, immutable");
        let sent: serde_json::Value = serde_json::from_str(&texts.body).expect("JSON");
        let sent = sent.as_object().expect("sections");
        let is_sent = |section: &str| !["server", "mail"].contains(&section);
        assert!(sent.keys().all(|section| is_sent(section)));
        for (section, name, text) in language.texts().filter(|(of, ..)| is_sent(of)) {
            let (name, form) = name.split_once('.').unwrap_or((name, ""));
            let nth = Phrase::VARIANTS.iter().position(|phrase| *phrase == name);
            let entry = match (section, nth) {
                ("phrases", Some(nth)) => &sent[section][nth],
                _ => &sent[section][name],
            };
            let found = entry.get(form).unwrap_or(entry);
            assert_eq!(found, text, "{section}.{name}");
        }
    }
    let request = Request::get(&*LANGUAGES.all()[0].url);
    let request = request.header(header::ACCEPT_ENCODING, "gzip, br");
    let compressed = send(
        &site.router,
        request.body(Body::empty()).expect("a request"),
    )
    .await;
    assert_eq!(compressed.headers[header::CONTENT_ENCODING], "gzip");
    let other = page(&site, "/texts/en.0123456789ab.json", "en").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
