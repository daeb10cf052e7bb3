//! Yours. The log-in page: the form and its server function.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::auth::config::HOME_PATH;
use crate::auth::next::{login_url, safe_next};
use crate::auth::{
    AuthError, CurrentUser, GuestsOnly, Notice, Password, use_current_user, use_flash,
};
use crate::components::{Field, FormMessage, Submit, form_error};
use crate::users::User;

/// Logs a visitor in. As JSON, the user. A missing field is an empty one.
///
/// # Errors
/// [`AuthError::InvalidCredentials`] for a wrong password and an unknown address alike.
#[server(endpoint = "login")]
pub async fn login(
    #[server(default)] email: String,
    #[server(default)] password: Password,
    /// `on`, `true` or `1`: the cookie outlives the browser. Whatever else is no.
    #[server(default)]
    remember: String,
    #[server(default)] next: String,
) -> Result<User, AuthError> {
    use crate::auth::server_function::{see_other, see_other_with, session};
    use crate::auth::{Flash, LogIn, Remember, Typed};
    use crate::pages::LOGIN_VIEWS;
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let typed_remember = remember;
    let remember = match &*typed_remember {
        "on" | "true" | "1" => Remember::Usual,
        _ => Remember::No,
    };
    let how = LogIn {
        remember,
        ..LogIn::default()
    };
    let result = async {
        let user = users
            .authenticate(&session, &email, &password.into())
            .await?;
        session.login_user(&user, how).await?;
        Ok(user)
    };
    let result = result.await;
    match &result {
        Ok(_) => see_other(safe_next(&next)),
        Err(error) => {
            let flash = Flash {
                error: Some(*error),
                typed: Typed::new([("email", &email), ("remember", &typed_remember)]),
                ..Flash::default()
            };
            see_other_with(&LOGIN_VIEWS.url(&next), flash);
        }
    }
    result
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let flash = use_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let signup = login_url("/signup", &next);
    // Nobody comes here with a way back who was not turned away there.
    let turned_away = (safe_next(&next) != HOME_PATH).then_some(Notice::LoginRequired);
    let notice = flash.notice.or(turned_away);
    let remember = !flash.typed.field("remember").is_empty();
    let login = ServerAction::<Login>::new();
    let current_user = use_current_user();

    Effect::new(move |_| {
        if let Some(Ok(user)) = login.value().get() {
            current_user.set(CurrentUser::User(user));
        }
    });
    let error = form_error(login, flash.error);

    view! {
        <Title text="Log in · Latchkey"/>
        <GuestsOnly>
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
        </GuestsOnly>
    }
}
