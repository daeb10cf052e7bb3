use app::auth::Cost;
use axum::http::StatusCode;

use crate::support::site::{Settings, site, site_with};
use crate::support::visitor::{email, password};

async fn sign_up_and_log_in(chosen: &str, given: &str) -> (StatusCode, StatusCode) {
    let site = site().await;
    let mut visitor = site.visitor();
    let signup = visitor
        .call(
            "/api/signup",
            &[
                ("name", "Ada"),
                ("email", &email("Ada")),
                ("password", chosen),
            ],
        )
        .await;
    let login = visitor
        .call(
            "/api/login",
            &[("email", &email("Ada")), ("password", given)],
        )
        .await;
    (signup.status, login.status)
}

/// Before and after NFC composition.
#[tokio::test]
async fn the_length_is_counted_in_code_points() {
    for (password, accepted) in [
        ("é".repeat(14), false),
        ("é".repeat(15), true),
        ("🗝".repeat(15), true),
        ("x".repeat(256), true),
        ("🗝".repeat(256), true),
        ("x".repeat(257), false),
        ("x".repeat(10_000), false),
        ("e\u{301}".repeat(14), false),
        ("e\u{301}".repeat(15), true),
        // The maximum as typed, and a text that has three times as many characters once composed.
        ("\u{fb2c}".repeat(85), true),
        ("\u{fb2c}".repeat(86), false),
        ("\u{fb2c}".repeat(256), false),
        ("\u{1d160}".repeat(256), false),
        ("\u{390}".repeat(256), true),
        ("\u{344}".repeat(128), true),
        ("\u{344}".repeat(129), false),
        ("\u{344}".repeat(1_000), false),
        ("a".to_owned() + &"\u{301}\u{316}".repeat(127), true),
        ("a".to_owned() + &"\u{301}\u{316}".repeat(500), false),
    ] {
        let (signup, login) = sign_up_and_log_in(&password, &password).await;
        let expected = if accepted {
            (StatusCode::OK, StatusCode::OK)
        } else {
            (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNAUTHORIZED)
        };
        assert_eq!(
            (signup, login),
            expected,
            "{} characters",
            password.chars().count()
        );
    }
}

/// ASVS 6.2.1.
#[tokio::test]
async fn a_new_password_has_the_same_minimum_length_as_the_first() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let before = site.rows("users").await;
    let (current, address) = (password("Ada"), email("Ada"));
    let fields = |new| [("current_password", &*current), ("password", new)];
    let short = ada.call("/api/password", &fields("fourteen éé 🗝🗝")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(short.body, r#""password_too_short""#);
    assert_eq!(site.rows("users").await, before);
    let enough = ada.call("/api/password", &fields("fifteen ééé 🗝🗝🗝")).await;
    assert_eq!(enough.status, StatusCode::OK, "{}", enough.body);
    let fields = [("email", &*address), ("password", "fifteen ééé 🗝🗝🗝")];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

/// ASVS 6.2.3.
#[tokio::test]
async fn changing_the_password_requires_the_current_one() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let before = site.rows("users").await;
    let (right, new) = (password("Ada"), ("password", "four words in a row"));
    for fields in [
        &[new][..],
        &[new, ("current_password", "")],
        &[new, ("current_password", "wrong")],
        &[new, ("current_password", new.1)],
    ] {
        let answer = ada.call("/api/password", fields).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{fields:?}");
        assert_eq!(answer.body, r#""wrong_password""#, "{fields:?}");
        assert_eq!(site.rows("users").await, before, "{fields:?}");
    }
    let fields = [new, ("current_password", &*right)];
    let answer = ada.call("/api/password", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_ne!(site.rows("users").await, before);
}

/// In either composition. The current one is verified first.
#[tokio::test]
async fn the_current_password_is_refused_as_a_new_one() {
    let site = site().await;
    let mut ada = site.visitor();
    let (current, other) = ("caf\u{e9} au lait, deux", "cafe\u{301} au lait, deux");
    let fields = [("email", &*email("Ada")), ("password", current)];
    ada.submit("/api/signup", &[("name", "Ada"), fields[0], fields[1]])
        .await;
    ada.submit("/api/login", &fields).await.leads_to("/");
    for new in [current, other] {
        let fields = [("current_password", current), ("password", new)];
        let answer = ada.call("/api/password", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body, r#""password_unchanged""#);
    }
    let same = [("current_password", current), ("password", current)];
    ada.submit("/api/password", &same)
        .await
        .leads_to("/account/password");
    let page = ada.visit("/account/password").await;
    page.says_of("password", "This is your current password.");
    page.says_of("current_password", "");
    for name in ["current_password", "password"] {
        assert_eq!(page.field(name), "", "{name}");
    }
    let wrong = [("current_password", "wrong"), ("password", "wrong")];
    let answer = ada.call("/api/password", &wrong).await;
    assert_eq!(answer.body, r#""wrong_password""#);
}

/// The text is beside the input, tied to it, and nowhere else.
#[tokio::test]
async fn a_wrong_current_password_is_told_at_its_field() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (path, page) in [
        ("/api/password", "/account/password"),
        ("/api/confirm", "/confirm"),
    ] {
        let fields = [
            ("current_password", "wrong"),
            ("password", "another long one"),
        ];
        ada.submit(path, &fields).await.leads_to(page);
        let page = ada.visit(page).await;
        page.says_of("current_password", "Wrong password.");
        assert_eq!(page.body.matches("Wrong password.").count(), 1);
    }
}

#[tokio::test]
async fn an_error_about_a_field_that_the_page_does_not_have_is_told_above_the_form() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let empty = [("current_password", "")];
    ada.submit("/api/confirm", &empty)
        .await
        .leads_to("/confirm");
    let page = ada.visit("/confirm").await;
    page.says_of("current_password", "");
    page.tells("error", "Enter your password.");
}

#[tokio::test]
async fn one_password_composed_differently_by_two_keyboards_is_the_same_password() {
    let ok = (StatusCode::OK, StatusCode::OK);
    assert_eq!(
        sign_up_and_log_in("caf\u{e9} au lait, deux", "cafe\u{301} au lait, deux").await,
        ok
    );
    for given in [
        "ﬁfteen letters and more",
        " fifteen letters and more",
        "Fifteen letters and more",
        "fifteen letters and more ",
        "fifteen letters and more\t",
        "fifteen letters and more\n",
        "fifteen letters and more\r\n",
        "\u{202e}fifteen letters and more",
        "fifteen letters and more\u{200f}",
        "fifteen\u{a0}letters and more",
        "fifteen letters and more\0",
        "fifteen letters\u{200b} and more",
    ] {
        let (_, login) = sign_up_and_log_in("fifteen letters and more", given).await;
        assert_eq!(login, StatusCode::UNAUTHORIZED, "{given:?}");
    }
    for exact in [
        "  spaces count, too\t",
        "so do line ends\r\n",
        "\u{202e}and directions\u{202c}",
        "and even a \0 within",
    ] {
        assert_eq!(sign_up_and_log_in(exact, exact).await, ok, "{exact:?}");
    }
}

/// Composing takes time, so an overlong text is rejected first.
#[tokio::test]
async fn an_overlong_password_is_rejected_before_it_is_normalised() {
    let site = site().await;
    let mut visitor = site.visitor();
    let begun = std::time::Instant::now();
    for text in ["\u{344}", "\u{301}\u{316}", "\u{fb2c}"] {
        let long = text.repeat(1_200); // The largest that fits into a body.
        for path in ["/api/signup", "/api/login"] {
            for (name, email, password) in [
                ("Ada", "ada@example.com", &*long),
                (&long, "ada@example.com", "four words in a row"),
                ("Ada", &format!("{long}@example.com"), "four words in a row"),
            ] {
                let fields = [("name", name), ("email", email), ("password", password)];
                let answer = visitor.call(path, &fields).await;
                assert!(answer.status.is_client_error(), "{}", answer.body);
            }
        }
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(2));
}

#[tokio::test]
async fn a_password_is_stored_as_argon2id_with_the_recommended_cost() {
    let site = site_with(Settings {
        cost: Cost::default(),
        ..Settings::default()
    })
    .await;
    site.visitor().sign_up("Ada").await;
    site.visitor().sign_up("Grace").await;
    let rows = site.rows("users").await;
    assert!(
        rows.iter()
            .all(|row| row.contains("password_hash=$argon2id$v=19$m=19456,t=2,p=1$"))
    );
    assert!(rows.iter().all(|row| !row.contains(&password("Ada"))));
}

#[tokio::test]
async fn two_users_with_the_same_password_have_different_salts_and_hashes() {
    let site = site().await;
    for email in ["ada@example.com", "grace@example.com"] {
        let fields = [
            ("name", "Somebody"),
            ("email", email),
            ("password", "four words in a row"),
        ];
        site.visitor().submit("/api/signup", &fields).await;
    }
    let rows = site.rows("users").await;
    let part = |row: &str, number| {
        let hash = row.split("password_hash=").nth(1).unwrap();
        hash.split(['$', ' ']).nth(number).unwrap().to_owned()
    };
    for (number, length) in [(4, 22), (5, 43)] {
        assert_eq!(part(&rows[0], number).len(), length);
        assert_ne!(part(&rows[0], number), part(&rows[1], number));
    }
}

#[tokio::test]
async fn a_password_is_compared_in_full_length() {
    let right = "  Pass phrase ÄÖ 12345 and so on, until it is longer than seventy-two bytes are ";
    for wrong in [
        right.trim(),
        &right.to_lowercase(),
        &right[..right.len() - 1],
        &right.chars().take(72).collect::<String>(),
        &right.chars().take(16).collect::<String>(),
        &format!("{right}x"),
        &format!("{right}\0x"),
        &format!("{right}{right}{right}{right}"),
    ] {
        let (chosen, given) = sign_up_and_log_in(right, wrong).await;
        assert_eq!(chosen, StatusCode::OK);
        assert_eq!(given, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    let (_, given) = sign_up_and_log_in(right, right).await;
    assert_eq!(given, StatusCode::OK);
}

#[tokio::test]
async fn every_field_has_an_autocomplete_token_for_password_managers() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut guest = site.visitor();
    for (page, kinds) in [
        (
            guest.visit("/login").await,
            &["username", "current-password"][..],
        ),
        (
            guest.visit("/signup").await,
            &["name", "username", "new-password"],
        ),
        (
            ada.visit("/account/password").await,
            &["username", "current-password", "new-password"],
        ),
        (ada.visit("/confirm").await, &["current-password"]),
    ] {
        for kind in kinds {
            page.shows(&format!("autocomplete=\"{kind}\""));
        }
        assert!(!page.body.contains("onpaste"));
    }
}
