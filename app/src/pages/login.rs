//! Yours. The login page: the form and its server function.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::auth::config::HOME_PATH;
use crate::auth::guards::next::{login_url, safe_next};
use crate::auth::{AuthNotice, CurrentUser, Password, action, use_current_user, use_flash};
use crate::components::{Field, FormMessage, Submit, form_error};
use crate::error::{Error, Notice};
use crate::users::User;

/// Logs a visitor in. As JSON, the user. A missing field is an empty one.
///
/// # Errors
/// `InvalidCredentials` for a wrong password and an unknown address alike.
#[server(endpoint = "login")]
pub async fn login(
    #[server(default)] email: String,
    #[server(default)] password: Password,
    /// `on`, `true` or `1`: the login outlives the browser. Any other value is no.
    #[server(default)]
    remember: String,
    #[server(default)] next: String,
) -> Result<User, Error> {
    use crate::auth::{LoginOptions, Remember, answer, auth, login_page};

    answer(login_page(&next))
        .typed([("email", &email), ("remember", &remember)])
        .then(safe_next(&next))
        .run(async {
            let options = LoginOptions {
                remember: match &*remember {
                    "on" | "true" | "1" => Remember::Default,
                    _ => Remember::No,
                },
                ..LoginOptions::default()
            };
            let auth = auth()?;
            let account = auth.authenticate(&email, &password.into()).await?;
            auth.login_user(&account, options).await?;
            Ok(account.user)
        })
        .await
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let flash = use_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let signup = login_url("/signup", &next);
    // With a `next` other than home the visitor was redirected here.
    let redirected = safe_next(&next) != HOME_PATH;
    let notice = redirected.then_some(Notice::Auth(AuthNotice::LoginRequired));
    let notice = flash.notice.clone().or(notice);
    let remember = !flash.typed.field("remember").is_empty();
    let login = action::<Login>();
    let current_user = use_current_user();

    Effect::new(move |_| {
        if let Some(Ok(user)) = login.value().get() {
            current_user.set(CurrentUser::User(user));
        }
    });
    let error = form_error(login, flash.error);

    view! {
        <Title text="Log in · Latchkey"/>
        <section class="card">
            <h1>"Log in"</h1>
            <FormMessage error notice/>
            <ActionForm action=login>
                <input type="hidden" name="next" value=safe_next(&next).to_owned()/>
                <Field
                    label="E-mail"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    value=flash.typed.field("email")
                    error
                />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <label class="check">
                    <input type="checkbox" name="remember" value="on" checked=remember/>
                    "Keep me logged in on this device"
                </label>
                <Submit text="Log in" pending=login.pending()/>
            </ActionForm>
            <p class="aside">
                "New here? " <a href=signup>"Create an account"</a>
            </p>
        </section>
    }
}
