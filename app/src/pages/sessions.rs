//! Yours. Where the user is logged in, and how to end that: one device, or all others at once.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::auth::{ActiveSession, Form, PostForm, load, use_form};
use crate::components::{
    AskFirst, FormMessage, Moment, Settings, Submit, device, device_icon, icon, rows,
};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text, text_ago, text_in_list};

/// What the page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sessions {
    /// Unix seconds.
    pub now: i64,
    pub sessions: Vec<ActiveSession>,
}

/// Where the user is logged in.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoadSessions, endpoint = "sessions", input = GetUrl)]
pub async fn sessions() -> Result<Sessions, Error> {
    use crate::auth::{auth, login_required};

    login_required().await?;
    let auth = auth()?;
    let (now, sessions) = (auth.now(), auth.active_sessions().await?);
    Ok(Sessions { now, sessions })
}

/// Ends one login of the user, or with an empty `id` all but the present one (ASVS 7.5.2). As JSON, `null`, also for one that has
/// ended already.
///
/// # Errors
/// `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "end_session")]
pub async fn end_session(#[server(default)] id: String) -> Result<(), Error> {
    use crate::auth::{answer, auth, fresh_login_required};
    use crate::error::AppNotice;

    let all = id.is_empty();
    answer("/account/sessions")
        .typed([("id", &id)])
        .notice(if all {
            AppNotice::OtherSessionsEnded
        } else {
            AppNotice::SessionEnded
        })
        .run(async {
            fresh_login_required().await?;
            let auth = auth()?;
            if all {
                auth.end_other_sessions().await?;
            } else {
                auth.end_session(&id).await?;
            }
            Ok(())
        })
        .await
}

#[component]
pub fn SessionsPage() -> Erased {
    let sessions = load(|| LoadSessions {});
    let end = use_form::<EndSession>(move |()| sessions.refetch());
    let list = sessions.show(move |Sessions { now, sessions }| {
        let others = (sessions.len() > 1).then(|| {
            view! {
                <PostForm form=end>
                    <AskFirst text=text(Phrase::LogOutOthers) question=text(Phrase::AskLogOutOthers) id="ask-others"/>
                </PostForm>
            }
        });
        let count = sessions.len();
        let row = move |(at, session)| view! { <Row session place=(at + 1, count) now end/> };
        view! { {rows(sessions.into_iter().enumerate(), "", row)} {others} }
    });

    view! {
        <Settings title=text(Phrase::WhereLoggedIn)>
            <FormMessage/>
            <section class="card" aria-busy=sessions.busy()>{list}</section>
            <p class="aside">
                {text(Phrase::DontRecognise)} " "
                <a href="/account/password">{text(Phrase::ThenChangePassword)}</a>
            </p>
        </Settings>
    }
    .erased()
}

#[component]
fn Row(session: ActiveSession, place: (usize, usize), now: i64, end: Form) -> Erased {
    let device = device(&session.user_agent);
    let label = text_in_list(Phrase::LogOutDevice, &device, place);
    let (class, seen) = if session.current {
        ("badge", text(Phrase::ThisDevice))
    } else {
        let ago = text_ago(Phrase::LastSeen, now - session.seen_at);
        ("hint", ago.into())
    };
    let picture = device_icon(&session.user_agent);
    let since = text_ago(Phrase::LoggedInAgo, now - session.created_at);
    let remembered = session.remembered.then(|| text(Phrase::Remembered));
    let address = Some(session.address).filter(|address| !address.is_empty());
    view! {
        <span class="disc">{icon(picture)}</span>
        <div>
            <p class="line">
                <strong>{device}</strong>
                <span class=class><Moment at=session.seen_at text=seen/></span>
            </p>
            <p class="hint">
                {address.map(|address| view! { <bdi>{address}</bdi> ", " })}
                <Moment at=session.created_at text=since/>
                {remembered.map(|text| format!(", {text}"))}
            </p>
        </div>
        {(!session.current).then(|| view! {
            <PostForm form=end id=session.id>
                <Submit text=text(Phrase::LogOut) quiet=true label/>
            </PostForm>
        })}
    }
    .erased()
}
