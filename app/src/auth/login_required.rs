//! Core. The browser's door. It guards *navigation*: what a guest must not see has not been sent, because the
//! server's doors (`guard.rs`, `server_function.rs`) did not hand it out. This one protects no data.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::config::HOME_PATH;
use super::next::{LoginViews, login_url, safe_next};
use super::{AuthError, CurrentUser, Failure, use_current_user};

/// Shows its children to a user and sends a guest to the log-in page and back.
#[component]
pub fn LoginRequired(
    /// Whether a guest may see the page at a path. Somebody who just logged out is on the way to such a page
    /// already, and must not be called back.
    may_visit: fn(&str) -> bool,
    login_views: LoginViews,
    children: Children,
) -> impl IntoView {
    let current_user = use_current_user();
    let location = use_location();
    let navigate = use_navigate();

    let asked = current_user.clone();
    Effect::new(move |before: Option<Option<CurrentUser>>| {
        let user = asked.get().and_then(Result::ok);
        let path = location.pathname.get_untracked();
        match (&before.flatten(), &user) {
            (_, Some(CurrentUser::Guest(_))) if !may_visit(&path) => {
                let view = login_views.at(&path).unwrap_or(HOME_PATH);
                let here = format!("{path}{}", query(&location.search.get_untracked()));
                navigate(&login_url(view, &here), instead_of(&path));
            }
            // Another tab logged somebody else in: nothing of the first user's page may stay.
            (Some(CurrentUser::User(was)), Some(CurrentUser::User(is))) if was.id != is.id => {
                let _ = window().location().reload();
            }
            _ => {}
        }
        user
    });

    // Awaited and not read in a closure: closures run several times on the server, and what the page makes in its
    // body (a resource, say) must be made once to find its place again in the browser.
    let page = Suspend::new(async move {
        match current_user.resolved().await {
            Ok(CurrentUser::User(_)) => children().into_any(),
            Ok(CurrentUser::Guest(_)) => ().into_any(),
            Err(error) => view! { <Failure error/> }.into_any(),
        }
    });
    view! { <Transition>{page}</Transition> }
}

/// What a closed page shows. A refusal says that the session has ended behind an open tab: then the door hears of it,
/// and the visitor comes back here by way of the log-in page.
pub fn resource_for_user<T, Answer>(
    fetch: impl Fn() -> Answer + Send + Sync + 'static,
) -> Resource<Result<T, AuthError>>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, AuthError>> + Send + 'static,
{
    let resource = Resource::new(|| (), move |()| fetch());
    look_again_when_refused(move || resource.get());
    resource
}

/// What a form of a closed page calls. The same of a refusal.
pub fn action_for_user<Form>() -> ServerAction<Form>
where
    Form: ServerFn<Error = AuthError> + Clone + Send + Sync + 'static,
    Form::Output: Clone + Send + Sync + 'static,
{
    let action = ServerAction::<Form>::new();
    look_again_when_refused(move || action.value().get());
    action
}

fn look_again_when_refused<T: 'static>(
    answer: impl Fn() -> Option<Result<T, AuthError>> + 'static,
) {
    let current_user = use_current_user();
    Effect::new(move |_| {
        if let Some(Err(AuthError::LoginRequired)) = answer() {
            current_user.look_again();
        }
    });
}

/// Sends a logged-in visitor on, to `next` or home: one who comes to the log-in page, and one who logs in there.
#[component]
pub fn GuestsOnly(children: Children) -> impl IntoView {
    let current_user = use_current_user();
    let navigate = use_navigate();
    let wanted = use_query_map();
    let location = use_location();

    Effect::new(move |_| {
        if let Some(Ok(CurrentUser::User(_))) = current_user.get() {
            let next = wanted.read_untracked().get("next").unwrap_or_default();
            navigate(
                safe_next(&next),
                instead_of(&location.pathname.get_untracked()),
            );
        }
    });

    children()
}

/// A redirect leaves no entry in the history: the back button goes to where the visitor came from. The router writes
/// the refused page into the history only when it is ready, and until then the entry there is the one to keep.
pub(super) fn instead_of(path: &str) -> NavigateOptions {
    let replace = window()
        .location()
        .pathname()
        .is_ok_and(|entry| entry == path);
    NavigateOptions {
        replace,
        ..NavigateOptions::default()
    }
}

pub(super) fn query(search: &str) -> String {
    if search.is_empty() {
        String::new()
    } else {
        format!("?{search}")
    }
}
