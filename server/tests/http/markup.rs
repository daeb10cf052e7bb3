//! What the fields of a form and a list render as. Typed values are escaped wherever a page shows them again (ASVS 1.2.1, 3.2.2).

use app::auth::forms::flash::Flash;
use app::auth::{
    AuthContext, AuthSession, FormValues, Logout, PostForm, guarded, use_form, use_separate_form,
};
use app::components::{Checkbox, Field, TextArea, rows};
use app::erased::IntoErased;
use app::messages::TEXTS;
use app::pages::{ACCESS, LOGIN_VIEWS};
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::support::pages::showing;
use crate::support::site::site;
use crate::support::visitor::Visitor;

#[component]
fn Fields() -> impl IntoView {
    let form = use_separate_form::<Logout>(|_| ());
    let value = "\n</textarea><b id=x>&amp;";
    view! {
        <PostForm form>
            <TextArea label="Note" name="note" value/>
            <Field label="Name" name="name" kind="text" autocomplete="off"/>
            <Field label="City" name="city" kind="text" autocomplete="off" required=false/>
            <Checkbox label="Shared" name="shared" checked=true/>
            <Checkbox label="Pinned" name="pinned"/>
        </PostForm>
    }
}

async fn html<View: IntoView + 'static>(content: fn() -> View) -> String {
    let site = site().await;
    let page = Visitor::new(showing(&site, content)).visit("/").await;
    page.body.clone()
}

/// Leptos does not escape the content of a `<textarea>`, so the component does.
#[tokio::test]
async fn a_text_area_escapes_markup_and_keeps_a_leading_line_end() {
    let html = html(Fields).await;
    let (_, content) = html.split_once("<textarea").expect("a text area");
    let (_, content) = content.split_once('>').expect("its start");
    let (content, _) = content.split_once("</textarea>").expect("its end");
    assert_eq!(content, "\n\n&lt;/textarea>&lt;b id=x>&amp;amp;");
}

#[tokio::test]
async fn a_field_is_required_and_a_checkbox_unchecked_unless_the_page_says_otherwise() {
    let html = html(Fields).await;
    let tag = |name: &str| {
        let inputs = html.split("<input").skip(1);
        let tags = inputs.map(|rest| rest.split('>').next().unwrap_or_default());
        let mut tags = tags.filter(|tag| tag.contains(&format!("name=\"{name}\"")));
        tags.next().expect("the field").to_owned()
    };
    assert!(tag("name").contains(" required"));
    assert!(!tag("city").contains(" required"));
    assert!(tag("shared").contains(" checked"));
    assert!(!tag("pinned").contains(" checked"));
}

#[tokio::test]
async fn a_list_without_rows_says_so() {
    fn list(names: Vec<&'static str>) -> impl IntoView {
        rows(names, "None yet.", |name| view! { <b>{name}</b> })
    }
    let none = html(|| list(vec![])).await;
    assert!(
        none.contains("None yet.") && !none.contains("<li>"),
        "{none}"
    );
    let two = html(|| list(vec!["One", "Two"])).await;
    assert_eq!(two.matches("<li>").count(), 2, "{two}");
    assert!(!two.contains("None yet."));
}

/// A page of the app, at the address that the request names.
#[component]
fn Days() -> impl IntoView {
    let page = || {
        let form = use_form::<Logout>(|_| ());
        view! {
            <PostForm form>
                <Field label="Name" name="name" kind="text" autocomplete="off"/>
                <Field label="Days" name="days" kind="text" autocomplete="off" value="90"/>
            </PostForm>
        }
    };
    view! {
        <Router>
            <AuthContext texts=TEXTS table=ACCESS views=LOGIN_VIEWS>
                {guarded(Box::new(move || page().erased()))}
            </AuthContext>
        </Router>
    }
}

/// What the page fills in by itself does not take the place of what was typed.
#[tokio::test]
async fn a_field_that_was_emptied_comes_back_empty() {
    let site = site().await;
    let pages = showing(&site, Days);
    let mut guest = site.visitor();
    let page = guest.exchange_with(&pages, "/").await;
    assert_eq!(page.field("days"), "90");
    let flash = |auth: AuthSession| async move {
        auth.set_flash(Flash {
            page: "/".into(),
            typed: FormValues::new([("name", "CI"), ("days", "")]),
            ..Flash::default()
        })
        .await;
    };
    site.within(&mut guest, flash).await;
    let page = guest.exchange_with(&pages, "/").await;
    assert_eq!([page.field("name"), page.field("days")], ["CI", ""]);
    assert!(!page.body.contains("90"), "{}", page.body);
}
