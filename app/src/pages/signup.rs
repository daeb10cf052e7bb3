//! Yours. The sign-up page: the form and its server function.
//!
//! A taken address gets the same answer as a free one and creates nothing: otherwise this form would tell who has an account
//! (user enumeration, ASVS 6.3.8; OWASP Authentication, "account creation"). For the same reason a sign-up does not log in: the
//! cookie would be the answer. A visitor who has an account already logs in with its password.
//!
//! What this cannot hide without mail: a visitor may sign up with another person's address and then try to log in. If that
//! works, the address was free, and is now taken.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::auth::guards::next::safe_next;
use crate::auth::{
    Flash, FormValues, Password, action, use_flash, use_leave_flash, use_login_views,
};
use crate::components::{Field, FormMessage, NewPasswordField, Submit, form_error};
use crate::error::{AppNotice, Error};

/// Creates an account, if the address is free. As JSON, `null` either way. A missing field is an empty one.
///
/// # Errors
/// A field breaks its rule.
#[server(endpoint = "signup")]
pub async fn signup(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: Password,
    #[server(default)] next: String,
) -> Result<(), Error> {
    use crate::auth::guards::next::login_url;
    use crate::auth::{answer, auth, login_page};
    use crate::users::User;

    answer(login_url("/signup", &next))
        .typed([("name", &name), ("email", &email)])
        .then(login_page(&next))
        .notice(AppNotice::SignedUp)
        .keep([("email", &email)])
        .run(async {
            let user = User {
                name: name.clone(),
                email: email.clone(),
                ..User::default()
            };
            auth()?.sign_up(user, &password.into()).await
        })
        .await
}

#[component]
pub fn SignupPage() -> impl IntoView {
    let flash = use_flash();
    let leave_flash = use_leave_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let signup = action::<Signup>();
    let navigate = use_navigate();

    let login = use_login_views().url(&next);
    let forward = login.clone();
    let sent_email = StoredValue::new(String::new());
    Effect::new(move |_| {
        if let Some(input) = signup.input().get() {
            sent_email.set_value(input.email);
        }
        if signup.value().get() == Some(Ok(())) {
            leave_flash(Flash {
                notice: Some(AppNotice::SignedUp.into()),
                typed: FormValues::new([("email", &sent_email.get_value())]),
                ..Flash::default()
            });
            navigate(&forward, NavigateOptions::default());
        }
    });
    let error = form_error(signup, flash.error);
    let own = Callback::new(|form: Option<HtmlFormElement>| {
        let typed = form.and_then(|form| FormData::new_with_form(&form).ok());
        let field = |name| typed.as_ref().and_then(|typed| typed.get(name).as_string());
        ["name", "email"].into_iter().filter_map(field).collect()
    });

    view! {
        <Title text="Create an account · Latchkey"/>
            <section class="card">
                <h1>"Create an account"</h1>
                <FormMessage error notice=flash.notice/>
                <ActionForm action=signup>
                    <input type="hidden" name="next" value=safe_next(&next).to_owned()/>
                    <Field
                        label="Name"
                        name="name"
                        kind="text"
                        autocomplete="name"
                        value=flash.typed.field("name")
                        error
                    />
                    <Field
                        label="E-mail"
                        name="email"
                        kind="email"
                        autocomplete="username"
                        value=flash.typed.field("email")
                        error
                    />
                    <NewPasswordField label="Password" own error/>
                    <Submit text="Create an account" pending=signup.pending()/>
                </ActionForm>
                <p class="aside">"Already have one? " <a href=login>"Log in"</a></p>
            </section>
    }
}
