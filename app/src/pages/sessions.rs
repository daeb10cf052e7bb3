//! Yours. Where the user is logged in, and how to end that: one device, or all others at once.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::auth::{LoadError, action_for_user, resource_for_user, use_flash};
use crate::components::{AccountNavigation, ConfirmDialog, FormMessage, Submit, ago, form_error};
use crate::error::{AppNotice, Error, Notice};

/// What the page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sessions {
    /// Unix seconds.
    pub now: i64,
    pub sessions: Vec<Entry>,
}

/// One device on which the user is logged in. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    pub id: String,
    /// "Firefox on Linux"
    pub device: String,
    pub address: String,
    pub remembered: bool,
    /// The one that asks.
    pub current: bool,
    pub created_at: i64,
    pub seen_at: i64,
}

/// Where the user is logged in.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoadSessions, endpoint = "sessions", input = GetUrl)]
pub async fn sessions() -> Result<Sessions, Error> {
    use crate::auth::{ActiveSession, auth, login_required};
    use crate::components::device;

    login_required().await?;
    let auth = auth()?;
    let sessions = auth.active_sessions().await?.into_iter();
    let shown = |session: ActiveSession| Entry {
        id: session.id,
        device: device(&session.user_agent),
        address: session.address,
        remembered: session.remembered,
        current: session.current,
        created_at: session.created_at,
        seen_at: session.seen_at,
    };
    Ok(Sessions {
        now: auth.now(),
        sessions: sessions.map(shown).collect(),
    })
}

/// Ends one login of the user, or with an empty `id` all but the present one (ASVS 7.5.2). As JSON, `null`, also for one that has
/// ended already.
///
/// # Errors
/// `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "end_session")]
pub async fn end_session(#[server(default)] id: String) -> Result<(), Error> {
    use crate::auth::{answer, auth, fresh_login_required};

    answer("/account/sessions")
        .notice(AppNotice::SessionEnded)
        .run(async {
            fresh_login_required().await?;
            let auth = auth()?;
            if id.is_empty() {
                auth.end_other_sessions().await?;
            } else {
                auth.end_session(&id).await?;
            }
            Ok(())
        })
        .await
}

#[component]
pub fn SessionsPage() -> impl IntoView {
    let flash = use_flash();
    let sessions = resource_for_user(|| (), |()| sessions());
    let end = action_for_user::<EndSession>();

    let ended = move || end.value().get() == Some(Ok(()));
    Effect::new(move |_| {
        if ended() {
            sessions.refetch();
        }
    });
    let error = form_error(end, flash.error);
    let notice = Signal::derive(move || {
        let here = ended().then_some(Notice::App(AppNotice::SessionEnded));
        here.or_else(|| flash.notice.clone())
    });
    let list = move || {
        sessions.get().map(|sessions| match sessions {
            Ok(Sessions { now, sessions }) => {
                let others = sessions.len() > 1;
                let row = |session| view! { <Row session now end/> };
                let rows: Vec<_> = sessions.into_iter().map(row).collect();
                view! {
                    <ul class="rows">{rows}</ul>
                    {others.then(|| view! { <EndOthers end/> })}
                }
                .into_any()
            }
            Err(error) => view! { <LoadError error/> }.into_any(),
        })
    };

    view! {
        <Title text="Where you are logged in · Latchkey"/>
        <AccountNavigation/>
        <section class="card">
            <h1>"Where you are logged in"</h1>
            <FormMessage error notice/>
            <Transition>{list}</Transition>
            <p class="aside">
                "One that you do not know? End it, and then "
                <a href="/account/password">"change your password"</a> "."
            </p>
            <ConfirmDialog action=end/>
        </section>
    }
}

#[component]
fn EndOthers(end: ServerAction<EndSession>) -> impl IntoView {
    view! {
        <ActionForm action=end>
            <Submit text="Log out everywhere else" pending=end.pending()/>
        </ActionForm>
    }
}

#[component]
fn Row(session: Entry, now: i64, end: ServerAction<EndSession>) -> impl IntoView {
    let seen = if session.current {
        "this device".into()
    } else {
        format!("last seen {}", ago(now - session.seen_at))
    };
    let remembered = if session.remembered {
        ", remembered"
    } else {
        ""
    };
    let facts = format!(
        "{}, logged in {}{remembered}",
        session.address,
        ago(now - session.created_at)
    );
    let facts = facts.trim_start_matches(", ").to_owned();
    let label = format!("Log out {}", session.device);
    let button = (!session.current).then(|| {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=session.id/>
                <button
                    type="submit"
                    class="quiet"
                    aria-label=label
                    disabled=end.pending()
                >
                    "Log out"
                </button>
            </ActionForm>
        }
    });
    view! {
        <li>
            <div>
                <strong>{session.device}</strong>
                <p class="hint">{seen} <br/> {facts}</p>
            </div>
            {button}
        </li>
    }
}
