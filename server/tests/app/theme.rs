//! Yours. Light or dark: the visitor's choice.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::site::{BASE, site};
use crate::support::visitor::{Answer, Visitor};

/// Chooses on the page at `referer`.
async fn choose(visitor: &mut Visitor, theme: &str, referer: &str) -> Answer {
    let request = Request::post("/theme")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, BASE)
        .header(header::REFERER, referer);
    let request = request.body(Body::from(format!("theme={theme}")));
    visitor.exchange(request.expect("a request")).await
}

#[tokio::test]
async fn the_chosen_theme_is_in_every_page_and_its_button_is_pressed() {
    let site = site().await;
    let (mut guest, mut ada) = (site.visitor(), site.user("Ada").await);
    for visitor in [&mut guest, &mut ada] {
        visitor.visit("/").await.shows("data-theme=\"system\"");
        for theme in ["dark", "light", "system"] {
            let chosen = choose(visitor, theme, &format!("{BASE}/how-it-works?a=b")).await;
            assert_eq!(chosen.status, StatusCode::SEE_OTHER);
            chosen.leads_to("/how-it-works?a=b");
            for page in ["/", "/how-it-works", "/no/such/page"] {
                let body = visitor.visit(page).await.body;
                assert!(
                    body.contains(&format!("data-theme=\"{theme}\"")),
                    "{page}: {body}"
                );
                let pressed: Vec<_> = body.match_indices("aria-pressed=\"true\"").collect();
                let button = format!("value=\"{theme}\" ");
                assert!(
                    pressed.len() == 1 && body[..pressed[0].0].ends_with(&button),
                    "{page}: {body}"
                );
            }
        }
    }
    ada.visit("/account").await.is_page_of("Ada");
}

#[tokio::test]
async fn an_unknown_theme_is_the_systems_and_a_foreign_referer_leads_home() {
    let site = site().await;
    let mut guest = site.visitor();
    choose(&mut guest, "dark", BASE).await.leads_to("/");
    choose(&mut guest, "%22%3E", BASE).await.leads_to("/");
    guest.visit("/").await.shows("data-theme=\"system\"");
    for referer in [
        "https://evil.example//evil.example",
        "not a url",
        "//evil.example",
        "",
    ] {
        choose(&mut guest, "dark", referer).await.leads_to("/");
    }
}

#[tokio::test]
async fn the_theme_stays_after_a_login_and_a_logout() {
    let site = site().await;
    site.user("Ada").await;
    let mut ada = site.visitor();
    choose(&mut ada, "dark", BASE).await;
    ada.log_in("Ada").await.leads_to("/");
    ada.visit("/account").await.shows("data-theme=\"dark\"");
    ada.log_out().await;
    ada.visit("/").await.shows("data-theme=\"dark\"");
}
