//! Yours. The sign-up page: the form and its server function.
//!
//! A taken address gets the same answer as a free one and creates nothing: otherwise this form would tell who has an account
//! (user enumeration, ASVS 6.3.8; OWASP Authentication, "account creation"). For the same reason a sign-up does not log in: the
//! cookie would be the answer. A visitor who has an account already logs in with its password.
//!
//! What this cannot hide without mail: a visitor may sign up with another person's address and then try to log in. If that
//! works, the address was free, and is now taken.

use leptos::prelude::*;

use crate::auth::{Password, PostForm, use_form, use_login_views};
use crate::components::{
    Card, EmailField, Field, FormMessage, NewPasswordField, NextField, Submit, use_next,
};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

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
    use crate::error::AppNotice;
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
pub fn SignupPage() -> Erased {
    let next = use_next();
    let form = use_form::<Signup>(|()| ());
    let login = use_login_views().url(&next);

    view! {
        <Card title=text(Phrase::CreateAccount)>
            <FormMessage/>
            <PostForm form>
                <NextField next/>
                <Field label=text(Phrase::Name) name="name" kind="text" autocomplete="name"/>
                <EmailField/>
                <NewPasswordField label=text(Phrase::Password)/>
                <Submit text=text(Phrase::CreateAccount)/>
            </PostForm>
            <p class="aside">{text(Phrase::HaveAccount)} " " <a href=login>{text(Phrase::LogIn)}</a></p>
        </Card>
    }.erased()
}
