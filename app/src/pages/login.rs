//! Yours. The login page: the form and its server function.

use leptos::prelude::*;

use crate::auth::config::HOME_PATH;
use crate::auth::guards::next::login_url;
use crate::auth::{AuthNotice, Password, PostForm, use_form};
use crate::components::{
    Card, Checkbox, EmailField, Field, FormMessage, NextField, Submit, use_next,
};
use crate::erased::{Erased, IntoErased};
use crate::error::{Error, Notice};
use crate::messages::{Phrase, text};
use crate::users::User;

/// Logs a visitor in. As JSON, the user. A missing field is an empty one. `remember` is `on`, `true` or `1` for a login that
/// outlives the browser; `typed` is what was typed into the form that needed the login.
///
/// # Errors
/// `InvalidCredentials` for a wrong password and an unknown address alike.
#[server(endpoint = "login")]
pub async fn login(
    #[server(default)] email: String,
    #[server(default)] password: Password,
    #[server(default)] remember: String,
    #[server(default)] next: String,
    #[server(default)] typed: String,
) -> Result<User, Error> {
    use crate::auth::guards::next::safe_next;
    use crate::auth::{Remember, answer, auth, login_page};

    answer(login_page(&next))
        .typed([("email", &email), ("remember", &remember)])
        .typed_before(&typed)
        .then(safe_next(&next))
        .run(async {
            let auth = auth()?;
            let account = auth.authenticate(&email, &password.into()).await?;
            let remember = Remember::from_field(&remember);
            auth.login_user(&account, remember.into()).await?;
            Ok(account.user)
        })
        .await
}

#[component]
pub fn LoginPage() -> Erased {
    let next = use_next();
    let signup = login_url("/signup", &next);
    let form = use_form::<Login>(|_| ());
    // With a `next` other than home the visitor was redirected here.
    let notice = (next != HOME_PATH).then_some(Notice::Auth(AuthNotice::LoginRequired));

    view! {
        <Card title=text(Phrase::LogIn)>
            <FormMessage notice/>
            <PostForm form>
                <NextField next own=&["email", "remember"]/>
                <EmailField/>
                <Field label=text(Phrase::Password) name="password" kind="password" autocomplete="current-password"/>
                <Checkbox label=text(Phrase::KeepLoggedIn) name="remember"/>
                <Submit text=text(Phrase::LogIn)/>
            </PostForm>
            <p class="aside"><a href="/forgot">{text(Phrase::ForgotPassword)}</a></p>
            <p class="aside">
                {text(Phrase::NewHere)} " "
                <a href=signup>{text(Phrase::CreateAccount)}</a>
            </p>
        </Card>
    }.erased()
}
