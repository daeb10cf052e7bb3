//! Yours. What a visitor chooses for this browser: the language, and light or dark.

use app::messages::languages::LANGUAGES;
use app::preferences::PREFERENCES_PATH;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::site::{BASE, site};
use crate::support::visitor::{Answer, Visitor};

/// Chooses on the page at `referer`.
async fn choose(visitor: &mut Visitor, choice: &str, referer: &str) -> Answer {
    let request = Request::post(PREFERENCES_PATH)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, BASE)
        .header(header::REFERER, referer);
    let request = request.body(Body::from(choice.to_owned()));
    visitor.exchange(request.expect("a request")).await
}

/// The values of the pressed buttons called `name`.
fn pressed(page: &str, name: &str) -> Vec<String> {
    let start = format!("<button name=\"{name}\" value=\"");
    let buttons = page.split(&*start).skip(1);
    let buttons = buttons.filter_map(|button| {
        let (value, rest) = button.split_once('"')?;
        let (attributes, _) = rest.split_once('>')?;
        attributes
            .contains("aria-pressed=\"true\"")
            .then(|| value.to_owned())
    });
    buttons.collect()
}

#[tokio::test]
async fn the_chosen_theme_is_in_every_page_and_its_button_is_pressed() {
    let site = site().await;
    let (mut guest, mut ada) = (site.visitor(), site.user("Ada").await);
    for visitor in [&mut guest, &mut ada] {
        visitor.visit("/").await.shows("data-theme=\"system\"");
        for theme in ["dark", "light", "system"] {
            let chosen = choose(
                visitor,
                &format!("theme={theme}"),
                &format!("{BASE}/how-it-works?a=b"),
            )
            .await;
            assert_eq!(chosen.status, StatusCode::SEE_OTHER);
            chosen.leads_to("/how-it-works?a=b");
            for page in ["/", "/how-it-works", "/no/such/page"] {
                let body = visitor.visit(page).await.body;
                assert!(
                    body.contains(&format!("data-theme=\"{theme}\"")),
                    "{page}: {body}"
                );
                assert_eq!(pressed(&body, "theme"), [theme], "{page}");
            }
        }
    }
    ada.visit("/account").await.is_page_of("Ada");
}

#[tokio::test]
async fn a_choice_on_the_login_page_leads_back_to_it_with_the_page_that_needed_the_login() {
    let site = site().await;
    let here = "/login?next=%2Faccount%2Ftokens";
    let chosen = choose(&mut site.visitor(), "theme=dark", &format!("{BASE}{here}")).await;
    chosen.leads_to(here);
}

#[tokio::test]
async fn an_unknown_theme_is_the_systems_and_a_foreign_referer_leads_home() {
    let site = site().await;
    let mut guest = site.visitor();
    choose(&mut guest, "theme=dark", BASE).await.leads_to("/");
    choose(&mut guest, "theme=%22%3E", BASE).await.leads_to("/");
    guest.visit("/").await.shows("data-theme=\"system\"");
    for referer in [
        "https://evil.example//evil.example",
        "not a url",
        "//evil.example",
        "",
    ] {
        choose(&mut guest, "theme=dark", referer)
            .await
            .leads_to("/");
    }
}

#[tokio::test]
async fn the_theme_stays_after_a_login_and_a_logout() {
    let site = site().await;
    site.user("Ada").await;
    let mut ada = site.visitor();
    choose(&mut ada, "theme=dark", BASE).await;
    ada.log_in("Ada").await.leads_to("/");
    ada.visit("/account").await.shows("data-theme=\"dark\"");
    ada.log_out().await;
    ada.visit("/").await.shows("data-theme=\"dark\"");
}

#[tokio::test]
async fn the_chosen_language_is_that_of_every_page_whatever_the_browser_asks_for() {
    let site = site().await;
    let (mut guest, mut ada) = (site.visitor(), site.user("Ada").await);
    for visitor in [&mut guest, &mut ada] {
        for language in LANGUAGES.all() {
            let choice = format!("language={}", language.code);
            choose(visitor, &choice, BASE).await.leads_to("/");
            for page in ["/", "/how-it-works", "/no/such/page"] {
                let asked = LANGUAGES.all()[0].code;
                let body = visitor.visit_in(asked, page).await.body;
                assert!(
                    body.contains(&format!("<html lang=\"{}\"", language.code)),
                    "{page}: {body}"
                );
                assert!(body.contains(&language.url), "{page}: {body}");
                if LANGUAGES.all().len() > 1 {
                    assert_eq!(pressed(&body, "language"), [language.code], "{page}");
                }
            }
        }
    }
    ada.visit("/account").await.is_page_of("Ada");
}

#[tokio::test]
async fn an_unknown_language_changes_nothing() {
    let site = site().await;
    let mut guest = site.visitor();
    let last = LANGUAGES.all().last().expect("a language").code;
    choose(&mut guest, &format!("language={last}"), BASE).await;
    for unknown in ["language=tlh", "language=", "language=%22%3E"] {
        choose(&mut guest, unknown, BASE).await.leads_to("/");
        guest
            .visit("/")
            .await
            .shows(&format!("<html lang=\"{last}\""));
    }
}
