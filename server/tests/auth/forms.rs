//! A form acts only for the user to whom the page showed it, and what was typed into it survives the login.

use app::preferences::PREFERENCES_PATH;

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, Visitor, email, password};

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
        let forms = body.split("<form").skip(1);
        let forms = forms.map(|form| form.split_once("</form>").unwrap().0);
        // The form of the preferences calls no function, and acts for no user.
        let forms: Vec<_> = forms
            .filter(|form| !form.contains(PREFERENCES_PATH))
            .collect();
        assert!(!forms.is_empty(), "{page}");
        for form in forms {
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

/// What the page says after a login or a confirmation that a form waited for.
const SEND_AGAIN: &str = "Nothing has been changed yet.";

#[tokio::test]
async fn a_form_that_waited_for_the_password_is_said_to_be_unsent_and_its_button_has_the_focus() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let mut phones = [site.visitor(), site.visitor()];
    for phone in &mut phones {
        phone.log_in("Ada").await;
    }
    ada.close_browser();
    let page = ada.visit("/account/sessions").await;
    let ids: Vec<String> = page
        .body
        .split(r#"name="id" value=""#)
        .skip(1)
        .map(until_quote)
        .collect();
    assert_eq!(ids.len(), 2, "{}", page.body);

    let rows = ids.iter().map(|id| (&**id, format!(r#"value="{id}""#)));
    // All other devices at once: the button asks first, and the one in its dialog has no focus.
    let others = ("", r#"popovertarget="ask-others" autofocus"#.to_owned());
    for (id, own) in rows.chain([others]) {
        let confirm = "/confirm?next=%2Faccount%2Fsessions";
        let end = [("id", id)];
        ada.submit("/api/end_session", &end).await.leads_to(confirm);
        let packed = ada.visit(confirm).await.field("typed");
        let password = password("Ada");
        let fields = [
            ("current_password", &*password),
            ("next", "/account/sessions"),
            ("typed", &packed),
        ];
        ada.submit("/api/confirm", &fields)
            .await
            .leads_to("/account/sessions");
        let page = ada.visit("/account/sessions").await;
        page.shows(SEND_AGAIN);
        let form = form_with_focus(&page);
        assert!(form.contains(&own), "{form}");
        assert!(form.matches(" autofocus").count() <= 2, "{form}");
        // Once: the next visit is an ordinary one.
        let page = ada.visit("/account/sessions").await;
        assert!(!page.body.contains(SEND_AGAIN), "{}", page.body);
        assert_eq!(forms_with_focus(&page).len(), 0, "{}", page.body);
        ada.log_in_remembered("Ada").await;
        ada.close_browser();
    }
}

/// The forms whose own button has the focus. A dialog's button to cancel has it when the dialog opens.
fn forms_with_focus(page: &Answer) -> Vec<String> {
    let has_focus = |form: &&str| {
        let buttons = form.split("<button").skip(1);
        let mut tags = buttons.filter_map(|button| button.split('>').next());
        tags.any(|tag| tag.contains(" autofocus") && !tag.contains("popovertargetaction"))
    };
    let forms = page.body.split("<form").skip(1);
    forms.filter(has_focus).map(str::to_owned).collect()
}

#[track_caller]
fn form_with_focus(page: &Answer) -> String {
    let forms = forms_with_focus(page);
    assert_eq!(forms.len(), 1, "{}", page.body);
    forms[0].clone()
}

fn until_quote(text: &str) -> String {
    text.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_form_that_waited_for_a_login_is_said_to_be_unsent_at_any_length() {
    for name in ["CI", &*"A long note. ".repeat(900)] {
        let site = site().await;
        let mut ada = site.user("Ada").await;
        ada.log_out().await;
        let (login, tokens) = ("/login?next=%2Faccount%2Ftokens", "/account/tokens");
        let token = [("token_name", name), ("days", "7")];
        ada.submit("/api/create_token", &token)
            .await
            .leads_to(login);
        let packed = ada.visit(login).await.field("typed");
        let (email, password) = (email("Ada"), password("Ada"));
        let fields = [
            ("email", &*email),
            ("password", &password),
            ("next", tokens),
            ("typed", &packed),
        ];
        ada.submit("/api/login", &fields).await.leads_to(tokens);
        let page = ada.visit(tokens).await;
        page.shows(SEND_AGAIN);
        assert!(form_with_focus(&page).contains("/api/create_token"));
        // A login that no form waited for says nothing of the kind.
        ada.log_out().await;
        ada.log_in_to("Ada", tokens).await.leads_to(tokens);
        let page = ada.visit(tokens).await;
        assert!(!page.body.contains(SEND_AGAIN), "{}", page.body);
    }
}
