//! Yours. A closed page, and a server function that needs a user: the pair to copy.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::{CurrentUser, Form, PostForm, load, use_current_user, use_form};
use crate::components::{Field, FormMessage, Settings, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};
use crate::pages::email::ChangeAddress;
use crate::users::User;

/// What the account page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Account {
    pub name: String,
    pub email: String,
    /// This device is remembered when the browser is closed.
    pub remembered: bool,
    /// The password was given lately.
    pub fresh: bool,
    /// The address can be changed.
    pub has_mail: bool,
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
        has_mail: auth.has_mail(),
    })
}

/// Changes the name of the logged-in user. As JSON, the user.
///
/// # Errors
/// `InvalidName`; `LoginRequired` for a guest.
#[server(endpoint = "rename")]
pub async fn rename(#[server(default)] name: String) -> Result<User, Error> {
    use crate::auth::{answer, database, login_required};
    use crate::error::AppNotice;
    use crate::users::row;
    use sqlx::query;

    answer("/account")
        .typed([("name", &name)])
        .notice(AppNotice::Renamed)
        .run(async {
            let user = login_required().await?;
            let user = row::check(User {
                name: name.clone(),
                ..user
            })?;
            let update = query("UPDATE users SET name = $1 WHERE id = $2");
            let update = update.bind(&user.name).bind(&user.id);
            database()?.write_one(update).await?;
            Ok(user)
        })
        .await
}

#[component]
pub fn AccountPage() -> Erased {
    let account = load(|| LoadAccount {});
    let rename = use_form::<Rename>(move |user| {
        use_current_user().set(&CurrentUser::User(user));
        account.refetch();
    });

    view! {
        <Settings title=text(Phrase::Profile)>
            <FormMessage/>
            <section class="card" aria-busy=account.busy()>{account.show(move |account| view! { <Facts account rename/> })}</section>
            <section class="card">
                <h2>{text(Phrase::YourData)}</h2>
                <p class="hint">{text(Phrase::YourDataHint)}</p>
                <p class="actions"><a class="button quiet" href="/account/export">{text(Phrase::Download)}</a></p>
            </section>
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
fn Facts(account: Account, rename: Form) -> Erased {
    let until = if account.remembered {
        Phrase::StaysLoggedIn
    } else {
        Phrase::EndsWithBrowser
    };
    let stale = (!account.fresh).then(|| text(Phrase::WillConfirm));
    view! {
        <dl class="facts">
            <dt>{text(Phrase::Email)}</dt>
            <dd>{account.email}</dd>
            <dt>{text(Phrase::ThisLogin)}</dt>
            <dd>{text(until)} " " {stale}</dd>
        </dl>
        <PostForm form=rename>
            <Field label=text(Phrase::Name) name="name" kind="text" autocomplete="name" value=account.name/>
            <Submit text=text(Phrase::SaveName) quiet=true/>
        </PostForm>
        {account.has_mail.then(|| view! { <ChangeAddress/> })}
    }
    .erased()
}
