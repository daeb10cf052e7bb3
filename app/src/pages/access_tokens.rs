//! Yours. Access tokens: made after a fresh login, shown once, revoked at any time.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::config::{TOKEN_DAYS, TOKEN_DAYS_MAX};
use crate::auth::{AccessToken, Form, PostForm, load, use_form};
use crate::components::{
    AskFirst, Choice, CopyButton, Field, FormMessage, Moment, Settings, Submit, icon, rows,
};
use crate::erased::{Erased, IntoErased, reactive_view};
use crate::error::Error;
use crate::messages::{DAY, Phrase, text, text_ago, text_counted, text_in_list, text_with};

/// What the page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessTokens {
    /// Unix seconds.
    pub now: i64,
    pub tokens: Vec<AccessToken>,
}

/// The tokens of the user.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoadAccessTokens, endpoint = "access_tokens", input = GetUrl)]
pub async fn access_tokens() -> Result<AccessTokens, Error> {
    use crate::auth::{auth, login_required};

    login_required().await?;
    let auth = auth()?;
    let (now, tokens) = (auth.now(), auth.access_tokens().await?);
    Ok(AccessTokens { now, tokens })
}

/// Makes a token, valid for some `days`. As JSON, the token, which cannot be read again.
///
/// # Errors
/// A field breaks its rule; `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "create_token")]
pub async fn create_token(
    #[server(default)] token_name: String,
    #[server(default)] days: String,
) -> Result<String, Error> {
    use crate::auth::{AuthError, answer, auth, fresh_login_required};
    use crate::error::AppNotice;
    use secrecy::ExposeSecret;

    let create = async {
        fresh_login_required().await?;
        let days = days.trim().parse().map_err(|_| AuthError::InvalidDays)?;
        let token = auth()?.create_access_token(&token_name, days).await?;
        Ok(token.expose_secret().to_owned())
    };
    answer("/account/tokens")
        .typed([("token_name", &token_name), ("days", &days)])
        .notice(AppNotice::TokenCreated)
        .run_with(create, |answer, token| answer.keep([("token", token)]))
        .await
}

/// Revokes a token of the user. As JSON, `null`, also for one that is gone already.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(endpoint = "revoke_token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<(), Error> {
    use crate::auth::{answer, auth, login_required};
    use crate::error::AppNotice;

    answer("/account/tokens")
        .notice(AppNotice::TokenRevoked)
        .run(async {
            login_required().await?;
            Ok(auth()?.revoke_access_token(&id).await?)
        })
        .await
}

#[component]
pub fn AccessTokensPage() -> Erased {
    let tokens = load(|| LoadAccessTokens {});
    let new = RwSignal::new(String::new());
    let create = use_form::<CreateToken>(move |token| {
        new.set(token);
        tokens.refetch();
    });
    let revoke = use_form::<RevokeToken>(move |()| {
        new.set(String::new());
        tokens.refetch();
    });
    new.set(create.typed("token").unwrap_or_default());

    let new_token = reactive_view(move || {
        let token = Some(new.get()).filter(|token| !token.is_empty());
        token.map(|token| {
            view! {
                <div class="secret">
                    <code class="token">{token.clone()}</code>
                    <CopyButton text=token/>
                </div>
            }
            .erased()
        })
    });
    let list = tokens.show(move |AccessTokens { now, tokens }| {
        let count = tokens.len();
        let row = move |(at, token)| view! { <Row token place=(at + 1, count) now revoke/> };
        rows(tokens.into_iter().enumerate(), text(Phrase::NoTokens), row)
    });

    view! {
        <Settings title=text(Phrase::AccessTokens)>
            <FormMessage/>
            {new_token}
            <section class="card" aria-busy=tokens.busy()>{list}</section>
            <section class="card">
                <h2>{text(Phrase::NewToken)}</h2>
                <p class="hint">{text(Phrase::TokenUse)} " " <code>"Authorization: Bearer …"</code></p>
                <PostForm form=create reset=true>
                    <Field label=text(Phrase::TokenName) name="token_name" kind="text" autocomplete="off"/>
                    <Choice label=text(Phrase::Expires) name="days" options=lifetimes() value=TOKEN_DAYS/>
                    <Submit text=text(Phrase::CreateToken)/>
                </PostForm>
            </section>
        </Settings>
    }.erased()
}

/// The days, and the words for them.
fn lifetimes() -> Vec<(i64, String)> {
    let days = [7, 30, TOKEN_DAYS, TOKEN_DAYS_MAX];
    days.map(|days| (days, text_counted(Phrase::ForDays, days)))
        .into()
}

#[component]
fn Row(token: AccessToken, place: (usize, usize), now: i64, revoke: Form) -> Erased {
    let left = text_counted(
        Phrase::ExpiresInDays,
        (token.expires_at - now + DAY - 1) / DAY,
    );
    let used = match token.last_used_at {
        Some(at) => view! { <Moment at text=text_ago(Phrase::UsedAgo, now - at)/> }.erased(),
        None => text(Phrase::NeverUsed).erased(),
    };
    let label = text_in_list(Phrase::RevokeToken, &token.name, place);
    let question = text_with(Phrase::AskRevoke, &[("name", &token.name)]);
    view! {
        <span class="disc">{icon("key")}</span>
        <div>
            <strong>{token.name.clone()}</strong>
            <p class="hint"><Moment at=token.expires_at text=left/> ", " {used}</p>
        </div>
        <PostForm form=revoke id=token.id.clone()>
            <AskFirst text=text(Phrase::Revoke) question id=format!("ask-{}", token.id) label/>
        </PostForm>
    }
    .erased()
}
