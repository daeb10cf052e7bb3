//! Yours. A closed page, and a server function that needs a user: the pair to copy.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::load;
use crate::components::Settings;
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

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
pub fn AccountPage() -> Erased {
    let account = load(|| LoadAccount {});

    view! {
        <Settings title=text(Phrase::Profile)>
            <section class="card" aria-busy=account.busy()>{account.show(|account| view! { <Facts account/> })}</section>
            <section class="card danger-zone">
                <h2>{text(Phrase::DeleteAccount)}</h2>
                <p class="hint">{text(Phrase::DeleteWarning)}</p>
                <p class="actions">
                    <a class="button danger quiet" href="/account/delete">{text(Phrase::DeleteYourAccount)}</a>
                </p>
            </section>
        </Settings>
    }
    .erased()
}

#[component]
fn Facts(account: Account) -> Erased {
    let until = if account.remembered {
        Phrase::StaysLoggedIn
    } else {
        Phrase::EndsWithBrowser
    };
    let stale = (!account.fresh).then(|| text(Phrase::WillConfirm));
    view! {
        <dl class="facts">
            <dt>{text(Phrase::Name)}</dt>
            <dd>{account.name}</dd>
            <dt>{text(Phrase::Email)}</dt>
            <dd>{account.email}</dd>
            <dt>{text(Phrase::ThisLogin)}</dt>
            <dd>{text(until)} " " {stale}</dd>
        </dl>
    }
    .erased()
}
