//! The attributes of every cookie: prefix, path, lifetime, size, and that no script can read it.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use cookie::SameSite;

use super::session_cookie::is_known;
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{Answer, DEVICE, FLASH, REMEMBER, SESSION, Visitor, email, password};

#[tokio::test]
async fn the_session_cookie_has_the_attributes_that_browsers_need() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let cookie = ada.log_in("Ada").await.cookie(SESSION);
    assert_eq!(cookie.name(), "latchkey_session");
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

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_to_https() {
    let site = https().await;
    let mut ada = site.user("Ada").await;
    assert!(is_known(&mut ada).await);

    let removal = ada.log_out().await.cookie(&format!("__Host-{SESSION}"));
    assert_eq!(
        removal.to_string(),
        format!("__Host-{SESSION}=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0")
    );

    ada.log_in("Ada").await;
    let value = ada.session_cookie().to_owned();
    for name in [
        SESSION.to_owned(),
        format!("__host-{SESSION}"),
        format!("__Host-{SESSION}").to_uppercase(),
        format!("%5F%5FHost-{SESSION}"),
    ] {
        let mut other = site.visitor();
        other.cookies.insert(name.clone(), value.clone());
        assert!(other.is_guest().await, "{name}");
    }
}

/// A visitor all of whose responses are recorded.
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

/// Submits every form, with rejected and accepted values, from the sign-up to the deletion of the account.
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
    for (current, to) in [("wrong", "/confirm"), (&*password, "/")] {
        let fields = [("current_password", current)];
        ada.submit("/api/confirm", &fields, to).await;
    }
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

/// ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4, 14.3.2.
#[tokio::test]
async fn every_cookie_is_bound_to_this_host_hidden_from_scripts_and_not_cached() {
    let site = https().await;
    let (mut names, mut values) = (BTreeSet::new(), BTreeSet::new());
    let answers = stay(&site).await;
    for (path, answer) in &answers {
        for cookie in answer.cookies() {
            let what = format!("{path}: {cookie}");
            assert!(cookie.name().starts_with("__Host-latchkey_"), "{what}");
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
            // The token behind the signature and the time is as secret as the whole cookie.
            let bytes = BASE64.decode(cookie.value()).expect("base64url");
            let held = bytes.get(40..).map(|held| BASE64.encode(held));
            values.extend(held.into_iter().chain([cookie.value().to_owned()]));
        }
    }
    let all = [DEVICE, FLASH, REMEMBER, SESSION].map(|name| format!("__Host-{name}"));
    assert_eq!(names, all.into());
    values.remove("");
    for (path, answer) in &answers {
        let shown = values.iter().find(|value| answer.body.contains(*value));
        assert_eq!(shown, None, "{path}");
    }
    assert!(
        site.rows("users").await.is_empty(),
        "the account was deleted at the end"
    );
}

/// ASVS 3.3.5. The flash cookie grows with the values that come back to a form.
#[tokio::test]
async fn no_cookie_exceeds_the_size_that_browsers_accept() {
    let site = https().await;
    let field = |letter: char| format!("\"{letter}\":\"{}\"", "x".repeat(254));
    for count in 1..20 {
        let fields: Vec<_> = ('a'..).take(count).map(field).collect();
        let typed = format!("{{{}}}", fields.join(","));
        let fields = [("current_password", "x"), ("typed", &*typed)];
        let cookie = site.visitor().submit("/api/confirm", &fields).await;
        let cookie = cookie.cookie(&format!("__Host-{FLASH}"));
        let length = cookie.name().len() + cookie.value().len();
        assert!(length <= 4096, "{count} fields: {length} bytes");
    }
}
