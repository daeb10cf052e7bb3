//! A form acts only for the user to whom the page showed it, and what was typed into it survives the login.

use crate::support::site::{Site, site};
use crate::support::visitor::{Visitor, email, password};

/// A form's path, fields that it accepts, and its page.
type Form = (&'static str, Vec<(&'static str, String)>, &'static str);

/// Every form of a user.
fn forms() -> [Form; 6] {
    let new = [
        ("current_password", password("Grace")),
        ("password", "a new one for Grace".into()),
    ];
    let token = [("token_name", "CI".into()), ("days", "30".into())];
    [
        ("/api/delete_account", vec![], "/account/delete"),
        ("/api/create_token", token.into(), "/account/tokens"),
        (
            "/api/revoke_token",
            vec![("id", "x".into())],
            "/account/tokens",
        ),
        ("/api/password", new.into(), "/account/password"),
        ("/api/end_session", vec![], "/account/sessions"),
        ("/api/logout", vec![], "/"),
    ]
}

/// A browser whose page shows Ada, and whose cookie is Grace's; and the id of Ada.
async fn page_of_ada_cookie_of_grace(site: &Site) -> (Visitor, String) {
    let mut browser = site.user("Ada").await;
    let id = browser.id().await;
    browser.log_out().await;
    browser.sign_up("Grace").await;
    browser.log_in("Grace").await;
    (browser, id)
}

#[tokio::test]
async fn a_form_that_was_shown_to_another_user_does_nothing_and_says_so() {
    for (path, fields, page) in forms() {
        let site = site().await;
        let (mut grace, ada) = page_of_ada_cookie_of_grace(&site).await;
        let mut other = site.visitor();
        other.log_in("Grace").await;
        let mut fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        fields.push(("form_user", &ada));
        assert_eq!(
            grace.call(path, &fields).await.json(),
            "other_user",
            "{path}"
        );
        grace.submit(path, &fields).await.leads_to(page);
        grace.visit(page).await.shows("with another account");

        assert_eq!(grace.name().await.as_deref(), Some("Grace"), "{path}");
        assert_eq!(other.name().await.as_deref(), Some("Grace"), "{path}");
        assert!(site.rows("access_tokens").await.is_empty(), "{path}");
        site.visitor().log_in("Grace").await.leads_to("/");
    }
}

#[tokio::test]
async fn every_form_of_a_page_names_the_user_whom_the_page_shows() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    let field = format!(r#"<input type="hidden" name="form_user" value="{id}">"#);
    for page in [
        "/",
        "/account",
        "/account/password",
        "/account/sessions",
        "/account/tokens",
        "/account/delete",
        "/confirm",
    ] {
        let body = ada.visit(page).await.body;
        let forms: Vec<_> = body.split("<form").skip(1).collect();
        assert!(!forms.is_empty(), "{page}");
        for form in forms {
            let (form, _) = form.split_once("</form>").unwrap();
            assert!(form.contains(&field), "{page}: {form}");
        }
    }
    let guest = site.visitor().visit("/login").await.body;
    assert!(guest.contains(r#"name="form_user" value="">"#));
}

#[tokio::test]
async fn a_form_of_the_same_user_in_a_new_login_is_accepted() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    ada.log_out().await;
    ada.log_in("Ada").await;
    ada.submit("/api/delete_account", &[("form_user", &id)])
        .await
        .leads_to("/");
    assert!(site.rows("users").await.is_empty());
}

#[tokio::test]
async fn what_was_typed_survives_a_session_that_ended_behind_the_form() {
    for text in ["Nightly \"backup\" <script>", &*"A long note. ".repeat(900)] {
        let site = site().await;
        let mut ada = site.user("Ada").await;
        ada.log_out().await;
        let fields = [("token_name", text), ("days", "7")];
        let login = "/login?next=%2Faccount%2Ftokens";
        ada.submit("/api/create_token", &fields)
            .await
            .leads_to(login);

        // A wrong password first: what was typed stays, and so does the address.
        let packed = ada.visit(login).await.field("typed");
        let email = email("Ada");
        let wrong = [
            ("email", &*email),
            ("password", "wrong"),
            ("next", "/account/tokens"),
            ("typed", &packed),
        ];
        ada.submit("/api/login", &wrong).await.leads_to(login);
        let page = ada.visit(login).await;
        assert_eq!(page.field("email"), email);
        let (password, packed) = (password("Ada"), page.field("typed"));
        let right = [
            ("email", &*email),
            ("password", &password),
            ("next", "/account/tokens"),
            ("typed", &packed),
        ];
        ada.submit("/api/login", &right)
            .await
            .leads_to("/account/tokens");
        let page = ada.visit("/account/tokens").await;
        assert_eq!(page.field("token_name"), text);
        assert_eq!(page.field("days"), "7");
    }
}
