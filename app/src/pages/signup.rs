//! Yours. The sign-up page. Where the site sends mail, a visitor gives an address first, and the fields follow on
//! the page of the link that comes; to look at that page changes nothing. Without mail, or with `SIGN_UP=open`, both are one page.
//!
//! A taken address gets the same answer as a free one and creates nothing: otherwise this form would tell who has an account
//! (user enumeration, ASVS 6.3.8; OWASP Authentication, "account creation"). For the same reason a sign-up without mail does not log
//! in: the cookie would be the answer. A visitor who has an account already logs in with its password.
//!
//! What this cannot hide without mail: a visitor may sign up with another person's address and then try to log in. If that
//! works, the address was free, and is now taken.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::{Password, PostForm, SignUpMode, load, use_form, use_login_views};
use crate::components::{
    AskForLink, Card, EmailField, Field, FormMessage, LinkForm, NewPasswordField, NextField,
    Submit, use_next,
};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// How the visitor signs up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignUpWay {
    pub mode: SignUpMode,
    pub has_mail: bool,
}

/// How visitors sign up here.
///
/// # Errors
/// Unexpected ones only.
#[server(name = LoadSignUpWay, endpoint = "sign_up_way", input = GetUrl)]
#[allow(clippy::unused_async, reason = "server functions are async")]
pub async fn sign_up_way() -> Result<SignUpWay, Error> {
    use crate::auth::auth;

    let auth = auth()?;
    Ok(SignUpWay {
        mode: auth.options().sign_up,
        has_mail: auth.has_mail(),
    })
}

/// Sends a link that continues the sign-up; the owner of an account with this address gets another mail. As JSON, `null` either
/// way.
///
/// # Errors
/// `InvalidEmail`; `SignUpClosed`; `TooManyAttempts`.
#[server(endpoint = "start_signup")]
pub async fn start_signup(#[server(default)] email: String) -> Result<(), Error> {
    use crate::auth::{answer, auth};
    use crate::components::mail_sent;
    use crate::error::AppNotice;

    answer("/signup")
        .typed([("email", &email)])
        .then(mail_sent("/signup"))
        .notice(AppNotice::MailSent)
        .keep([("email", &email)])
        .run(async { Ok(auth()?.send_sign_up_link(&email).await?) })
        .await
}

/// Creates an account: with a `link` for the address to which it was sent, and logs it in; else for `email`, if that is free. As
/// JSON, `null` either way. A missing field is an empty one.
///
/// # Errors
/// A field breaks its rule, and the link can still be used; `LinkUnusable`; `SignUpClosed`.
#[server(endpoint = "signup")]
pub async fn signup(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: Password,
    #[server(default)] next: String,
    #[server(default)] link: String,
) -> Result<(), Error> {
    use crate::auth::config::{FINISH_SIGN_UP_PATH, HOME_PATH};
    use crate::auth::guards::next::{login_url, with_field};
    use crate::auth::{LoginOptions, answer, auth, login_page};
    use crate::error::AppNotice;
    use crate::users::User;

    let answer = if link.is_empty() {
        answer(login_url("/signup", &next))
            .then(login_page(&next))
            .notice(AppNotice::SignedUp)
            .keep([("email", &email)])
    } else {
        answer(with_field(FINISH_SIGN_UP_PATH, "link", &link)).then(HOME_PATH)
    };
    answer
        .typed([("name", &name), ("email", &email)])
        .run(async {
            let auth = auth()?;
            let password = password.into();
            let user = User {
                name: name.clone(),
                email: email.clone(),
                ..User::default()
            };
            if link.is_empty() {
                auth.require_sign_up(SignUpMode::Open)?;
                return auth.sign_up(user, &password).await;
            }
            let (sign_up, account) = auth.finish_sign_up(&link, user, &password).await?;
            sign_up.commit().await?;
            let options = LoginOptions {
                tell: false,
                ..LoginOptions::default()
            };
            Ok(auth.login_user(&account, options).await?)
        })
        .await
}

#[component]
pub fn SignupPage() -> Erased {
    let way = load(|| LoadSignUpWay {});
    let content = way.show(|way| match way.mode {
        SignUpMode::Open => new_user(),
        SignUpMode::Confirmed => {
            let form = use_form::<StartSignup>(|()| ());
            view! { <AskForLink form lead=Phrase::SignUpByMail/> }.erased()
        }
        SignUpMode::Invited => view! { <p>{text(Phrase::InvitedOnly)}</p> }.erased(),
        SignUpMode::Closed => view! { <p>{text(Phrase::NoSignUp)}</p> }.erased(),
    });
    page(content)
}

/// The page of the link in the mail.
#[component]
pub fn FinishSignupPage() -> Erased {
    let form = || use_form::<Signup>(|()| ());
    page(view! { <LinkForm kind="sign_up" form fields=|| fields(None)/> }.erased())
}

fn page(content: Erased) -> Erased {
    let login = use_login_views().url(&use_next());
    view! {
        <Card title=text(Phrase::CreateAccount)>
            {content}
            <p class="aside">{text(Phrase::HaveAccount)} " " <a href=login>{text(Phrase::LogIn)}</a></p>
        </Card>
    }
    .erased()
}

fn new_user() -> Erased {
    let form = use_form::<Signup>(|()| ());
    view! {
        <FormMessage/>
        <PostForm form>
            <NextField next=use_next()/>
            {fields(Some(view! { <EmailField/> }.erased()))}
        </PostForm>
    }
    .erased()
}

/// The fields of a new user, and `email`, where the address is not known yet.
fn fields(email: Option<Erased>) -> Erased {
    view! {
        <Field label=text(Phrase::Name) name="name" kind="text" autocomplete="name"/>
        {email}
        <NewPasswordField label=text(Phrase::Password)/>
        <Submit text=text(Phrase::CreateAccount)/>
    }
    .erased()
}
