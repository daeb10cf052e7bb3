//! Yours. A closed page, and a server function that needs a user: the pair to copy.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::auth::{AuthError, LogoutButton, resource_for_user};

/// What the account page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Account {
    pub name: String,
    pub email: String,
    /// Unix seconds.
    pub logged_in_at: i64,
    pub remembered: bool,
}

/// The account of whoever asks.
///
/// # Errors
/// [`AuthError::LoginRequired`] for a guest.
#[server(name = LoadAccount, endpoint = "account", input = GetUrl)]
pub async fn account() -> Result<Account, AuthError> {
    use crate::auth::server_function::{login_required, session};

    let user = login_required().await?;
    let session = session()?
        .load()
        .await?
        .ok_or(AuthError::LoginRequired)?
        .session;
    Ok(Account {
        name: user.name,
        email: user.email,
        logged_in_at: session.authenticated_at,
        remembered: session.remembered,
    })
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let account = resource_for_user(account);

    view! {
        <Title text="Your account · Latchkey"/>
        <section class="card">
            <h1>"Your account"</h1>
            <Transition>
                {move || {
                    account.get().map(|account| match account {
                        Ok(account) => view! { <Facts account/> }.into_any(),
                        Err(error) => view! { <p role="alert" class="message error">{error.to_string()}</p> }.into_any(),
                    })
                }}
            </Transition>
            <LogoutButton/>
        </section>
    }
}

#[component]
fn Facts(account: Account) -> impl IntoView {
    let until = if account.remembered {
        "You stay logged in on this device."
    } else {
        "You are logged out when you close the browser."
    };
    view! {
        <dl>
            <dt>"Name"</dt>
            <dd>{account.name}</dd>
            <dt>"E-mail"</dt>
            <dd>{account.email}</dd>
            <dt>"This log in"</dt>
            <dd>{until}</dd>
        </dl>
    }
}
