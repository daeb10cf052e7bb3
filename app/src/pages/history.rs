//! Yours. What has happened to the account: logins, and changes of what logs in.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::load;
use crate::components::{Moment, Settings, icon, rows};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// An entry of the history, in words.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    pub what: String,
    /// The browser, and the address of the client.
    pub by: String,
    /// Unix seconds, and how long ago that is.
    pub at: i64,
    pub ago: String,
}

/// The newest entries of the user, the newest first.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoadHistory, endpoint = "history", input = GetUrl)]
pub async fn history() -> Result<Vec<Entry>, Error> {
    use axum::http::request::Parts;

    use super::preferences::language_of;
    use crate::auth::{HistoryEntry, auth, login_required};
    use crate::components::device;
    use crate::language::say_in;
    use crate::messages::{server_text, text_ago};

    login_required().await?;
    let auth = auth()?;
    let now = auth.now();
    let entry = |entry: HistoryEntry| {
        let device = device(&entry.user_agent);
        Entry {
            what: server_text(&format!("history_{}", entry.kind)).into_owned(),
            by: match &*entry.address {
                "" => device,
                address => format!("{device}, {address}"),
            },
            at: entry.at,
            ago: text_ago(Phrase::WasAgo, now - entry.at),
        }
    };
    let parts = use_context::<Parts>();
    let headers = parts.map(|parts| parts.headers).unwrap_or_default();
    let entries = auth.history().await?.into_iter();
    Ok(say_in(language_of(&auth, &headers), || {
        entries.map(entry).collect()
    }))
}

#[component]
pub fn HistoryPage() -> Erased {
    let history = load(|| LoadHistory {});
    let row = |Entry { what, by, at, ago }| {
        view! {
            <span class="disc">{icon("info")}</span>
            <div>
                <p class="line"><strong>{what}</strong> <span class="hint"><Moment at text=ago/></span></p>
                <p class="hint"><bdi>{by}</bdi></p>
            </div>
        }
    };
    view! {
        <Settings title=text(Phrase::History)>
            <section class="card" aria-busy=history.busy()>
                {history.show(move |entries| rows(entries, text(Phrase::NoHistory), row))}
            </section>
            <p class="aside">
                {text(Phrase::DontRecogniseEntry)} " "
                <a href="/account/password">{text(Phrase::ThenChangePassword)}</a>
            </p>
        </Settings>
    }
    .erased()
}
