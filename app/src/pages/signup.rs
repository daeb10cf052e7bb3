//! Yours. The sign-up page: the form and its server function.
//!
//! A taken address gets the same answer as a free one and creates nothing: otherwise this form would tell anybody who
//! has an account here (ASVS 6.3.8; OWASP Authentication, "account creation"). For the same reason a sign-up does not
//! log in: the cookie would be the answer. Whoever had an account already logs in with the password it has.
//!
//! What this cannot hide without mail: somebody may sign up with another's address and then try to log in. If that
//! works, the address was free, and is now taken. Mail closes this: send the answer there, and nowhere else.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::auth::next::safe_next;
use crate::auth::{
    AuthError, Flash, GuestsOnly, Notice, Password, Typed, use_flash, use_leave_flash,
};
use crate::components::{Field, FormMessage, NewPasswordField, Submit, form_error};

use super::LOGIN_VIEWS;

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
) -> Result<(), AuthError> {
    use crate::auth::EventKind;
    use crate::auth::next::login_url;
    use crate::auth::server_function::{see_other_with, session};
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let result = async {
        session.attempt_from_here().await?;
        users
            .sign_up(&session, &name, &email, &password.into())
            .await?;
        session.emit(EventKind::SignedUp, None);
        Ok(())
    };
    let result = result.await;
    match result {
        Ok(()) => see_other_with(&LOGIN_VIEWS.url(&next), welcome(&email)),
        Err(error) => {
            let flash = Flash {
                error: Some(error),
                notice: None,
                typed: Typed::new([("name", &name), ("email", &email)]),
            };
            see_other_with(&login_url("/signup", &next), flash);
        }
    }
    result
}

fn welcome(email: &str) -> Flash {
    Flash {
        notice: Some(Notice::SignedUp),
        typed: Typed::new([("email", email)]),
        ..Flash::default()
    }
}

#[component]
pub fn SignupPage() -> impl IntoView {
    let flash = use_flash();
    let leave_flash = use_leave_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let signup = ServerAction::<Signup>::new();
    let navigate = use_navigate();

    let login = LOGIN_VIEWS.url(&next);
    let forward = login.clone();
    let sent_email = StoredValue::new(String::new());
    Effect::new(move |_| {
        if let Some(input) = signup.input().get() {
            sent_email.set_value(input.email);
        }
        if signup.value().get() == Some(Ok(())) {
            leave_flash(welcome(&sent_email.get_value()));
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
        <GuestsOnly>
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
        </GuestsOnly>
    }
}
