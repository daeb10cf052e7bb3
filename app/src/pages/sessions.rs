//! Yours. Where the user is logged in, and how to end that: one device, or all others at once.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::auth::{AuthError, Failure, Notice, action_for_user, resource_for_user, use_flash};
use crate::components::{AccountNavigation, ConfirmDialog, FormMessage, Submit, ago, form_error};
use crate::users::ActiveSession;

/// What the page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sessions {
    /// Unix seconds, for what is said about the past.
    pub now: i64,
    pub sessions: Vec<ActiveSession>,
}

/// Where whoever asks is logged in.
///
/// # Errors
/// [`AuthError::LoginRequired`] for a guest.
#[server(name = LoadSessions, endpoint = "sessions", input = GetUrl)]
pub async fn sessions() -> Result<Sessions, AuthError> {
    use crate::auth::server_function::{login_required, session};
    use crate::users::Users;

    login_required().await?;
    let session = session()?;
    let here = session.load().await?.ok_or(AuthError::LoginRequired)?;
    let now = session.now();
    let sessions = expect_context::<Users>()
        .active_sessions(&here, now)
        .await?;
    Ok(Sessions { now, sessions })
}

/// Ends one log in of whoever asks, or with an empty `id` all but the one that asks (ASVS 7.5.2). As JSON, `null`, also
/// for one that has ended already.
///
/// # Errors
/// [`AuthError::FreshLoginRequired`]; [`AuthError::LoginRequired`] for a guest.
#[server(endpoint = "end_session")]
pub async fn end_session(#[server(default)] id: String) -> Result<(), AuthError> {
    use crate::auth::server_function::{fresh_login_required, see_other_with, session, turn_away};
    use crate::auth::{EventKind, Flash, Typed};
    use crate::pages::SESSIONS;
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let result = async {
        let user = fresh_login_required().await?;
        let here = session.load().await?.ok_or(AuthError::LoginRequired)?;
        if id.is_empty() {
            users.end_other_sessions(&here).await?;
        } else if !users.end_active_session(&here, &id).await? {
            return Ok(());
        }
        session.emit(EventKind::SessionEnded, Some(&user.id));
        Ok(())
    };
    match result.await {
        Ok(()) => {
            let done = Flash {
                notice: Some(Notice::SessionEnded),
                ..Flash::default()
            };
            see_other_with(SESSIONS, done);
            Ok(())
        }
        Err(error) => Err(turn_away(error, SESSIONS, Typed::default())),
    }
}

#[component]
pub fn SessionsPage() -> impl IntoView {
    let flash = use_flash();
    let sessions = resource_for_user(sessions);
    let end = action_for_user::<EndSession>();

    let ended = move || end.value().get() == Some(Ok(()));
    Effect::new(move |_| {
        if ended() {
            sessions.refetch();
        }
    });
    let error = form_error(end, flash.error);
    let notice = Signal::derive(move || {
        let here = ended().then_some(Notice::SessionEnded);
        here.or(flash.notice)
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
            Err(error) => view! { <Failure error/> }.into_any(),
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
fn Row(session: ActiveSession, now: i64, end: ServerAction<EndSession>) -> impl IntoView {
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
