//! Yours. Access tokens: made after a fresh login, shown once, revoked at any time.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::auth::config::TOKEN_DAYS;
use crate::auth::{AccessToken, LoadError, action_for_user, resource_for_user, use_flash};
use crate::components::{AccountNavigation, ConfirmDialog, Field, FormMessage, Submit, form_error};
use crate::error::{AppNotice, Error, Notice};

const DAY: i64 = 24 * 60 * 60;

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
    Ok(AccessTokens {
        now: auth.now(),
        tokens: auth.access_tokens().await?,
    })
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
    use secrecy::ExposeSecret;

    answer("/account/tokens")
        .typed([("token_name", &token_name), ("days", &days)])
        .run_with(
            async {
                fresh_login_required().await?;
                let days = days.trim().parse().map_err(|_| AuthError::InvalidDays)?;
                let token = auth()?.create_access_token(&token_name, days).await?;
                Ok(token.expose_secret().to_owned())
            },
            |answer, token| answer.keep([("token", token)]),
        )
        .await
}

/// Revokes a token of the user. As JSON, `null`, also for one that is gone already.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(endpoint = "revoke_token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<(), Error> {
    use crate::auth::{answer, auth, login_required};

    answer("/account/tokens")
        .notice(AppNotice::TokenRevoked)
        .run(async {
            login_required().await?;
            Ok(auth()?.revoke_access_token(&id).await?)
        })
        .await
}

#[component]
pub fn AccessTokensPage() -> impl IntoView {
    let flash = use_flash();
    let tokens = resource_for_user(|| (), |()| access_tokens());
    let create = action_for_user::<CreateToken>();
    let revoke = action_for_user::<RevokeToken>();

    // Two effects: a branch that returns early would leave the other signal untracked.
    Effect::new(move |_| {
        if let Some(Ok(())) = revoke.value().get() {
            tokens.refetch();
        }
    });
    let form = NodeRef::<leptos::html::Form>::new();
    Effect::new(move |_| {
        if let (Some(Ok(_)), Some(form)) = (create.value().get(), form.get()) {
            tokens.refetch();
            form.reset();
        }
    });
    let from_page = flash.typed.field("token");
    let new = Signal::derive(move || match create.value().get() {
        Some(Ok(token)) => token,
        _ => from_page.clone(),
    });
    Effect::new(move |_| {
        if create.input().get().is_some() {
            revoke.clear();
        }
    });
    // Of the form that was used last.
    let (of_create, of_revoke) = (
        form_error(create, flash.error.clone()),
        form_error(revoke, None),
    );
    let error = Signal::derive(move || {
        if revoke.pending().get() || revoke.value().get().is_some() {
            of_revoke.get()
        } else {
            of_create.get()
        }
    });
    let notice = Signal::derive(move || match revoke.value().get() {
        Some(Ok(())) => Some(Notice::App(AppNotice::TokenRevoked)),
        _ => flash.notice.clone(),
    });
    let days = match flash.typed.field("days") {
        typed if typed.is_empty() => TOKEN_DAYS.to_string(),
        typed => typed,
    };
    let list = move || {
        tokens.get().map(|tokens| match tokens {
            Ok(AccessTokens { tokens, .. }) if tokens.is_empty() => {
                view! { <p class="aside">"You have none yet."</p> }.into_any()
            }
            Ok(AccessTokens { now, tokens }) => {
                let row = |token| view! { <Row token now revoke/> };
                let rows: Vec<_> = tokens.into_iter().map(row).collect();
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }
            Err(error) => view! { <LoadError error/> }.into_any(),
        })
    };

    view! {
        <Title text="Access tokens · Latchkey"/>
        <AccountNavigation/>
        <section class="card">
            <h1>"Access tokens"</h1>
            <p>
                "For scripts and other services, which send it as "
                <code>"Authorization: Bearer"</code> "."
            </p>
            <FormMessage error notice/>
            <div role="status">
                {move || {
                    Some(new.get()).filter(|token| !token.is_empty()).map(|token| view! { <NewToken token/> })
                }}
            </div>
            <Transition>{list}</Transition>
            <h2>"A new one"</h2>
            <ActionForm action=create node_ref=form>
                <Field
                    label="What is it for?"
                    name="token_name"
                    kind="text"
                    autocomplete="off"
                    value=flash.typed.field("token_name")
                    error
                />
                <Field
                    label="Days until it expires"
                    name="days"
                    kind="number"
                    autocomplete="off"
                    value=days
                    error
                />
                <Submit text="Create a token" pending=create.pending()/>
            </ActionForm>
            <ConfirmDialog action=create/>
        </section>
    }
}

#[component]
fn NewToken(token: String) -> impl IntoView {
    view! {
        <p class="message notice">
            "Your new token. Copy it now: it is not shown again." <br/> <code class="token">{token}</code>
        </p>
    }
}

#[component]
fn Row(token: AccessToken, now: i64, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let used = match token.last_used_at.map(|at| (now - at) / DAY) {
        None => "never used".into(),
        Some(0) => "used today".into(),
        Some(1) => "used yesterday".into(),
        Some(days) => format!("used {days} days ago"),
    };
    let left = match (token.expires_at - now + DAY - 1) / DAY {
        1 => "expires within a day".into(),
        days => format!("expires in {days} days"),
    };
    let label = format!("Revoke {}", token.name);
    view! {
        <li>
            <div>
                <strong>{token.name}</strong>
                <p class="hint">{format!("{left}, {used}")}</p>
            </div>
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=token.id/>
                <button
                    type="submit"
                    class="quiet"
                    aria-label=label
                    disabled=revoke.pending()
                >
                    "Revoke"
                </button>
            </ActionForm>
        </li>
    }
}
