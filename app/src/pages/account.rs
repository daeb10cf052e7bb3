//! Yours. A closed page, and a server function that needs a user: the pair to copy.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::auth::{LoadError, resource_for_user};
use crate::components::{AccountNavigation, LogoutButton};
use crate::error::Error;

/// What the account page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Account {
    pub name: String,
    pub email: String,
    /// This device is remembered when the browser is closed.
    pub remembered: bool,
    /// The password was given lately.
    pub fresh: bool,
}

/// The account of the logged-in user.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoadAccount, endpoint = "account", input = GetUrl)]
pub async fn account() -> Result<Account, Error> {
    use crate::auth::{auth, login_required};

    let user = login_required().await?;
    let auth = auth()?;
    Ok(Account {
        name: user.name,
        email: user.email,
        remembered: auth.login_remembered().await?,
        fresh: auth.login_fresh().await?,
    })
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let account = resource_for_user(|| (), |()| account());

    view! {
        <Title text="Your account · Latchkey"/>
        <AccountNavigation/>
        <section class="card">
            <h1>"Your account"</h1>
            <Transition>
                {move || {
                    account.get().map(|account| match account {
                        Ok(account) => view! { <Facts account/> }.into_any(),
                        Err(error) => view! { <LoadError error/> }.into_any(),
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
    let fresh = if account.fresh {
        "You gave your password a moment ago."
    } else {
        "What matters will ask for your password again."
    };
    view! {
        <dl>
            <dt>"Name"</dt>
            <dd>{account.name}</dd>
            <dt>"E-mail"</dt>
            <dd>{account.email}</dd>
            <dt>"This log in"</dt>
            <dd>{until} " " {fresh}</dd>
        </dl>
    }
}
