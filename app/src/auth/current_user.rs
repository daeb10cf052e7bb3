//! Core. The current user: guest or user, a reactive value that is resolved on first use and shared by all components.
//!
//! A `Resource` would run as soon as it is created. This one is created when a component first asks for it; `App` reserves only
//! its *slot* in the page's data. Leptos 0.8 numbers the slots in the order of creation, and the first component to ask need not
//! be the same on the server and in the browser.

use std::sync::{Arc, OnceLock};

use hydration_context::SerializedDataId;
use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::computed::ArcAsyncDerived;
use leptos::reactive::owner::WeakOwner;
use leptos::server_fn::codec::GetUrl;
use leptos::task::spawn_local;

use super::loading::{Answer, PageStatus, call};
use super::records::CurrentUser;
use crate::erased::{Erased, effect, shown};
use crate::error::Error;
use crate::half::IS_SERVER;
use crate::json::to_json;
use crate::users::User;

/// The current user, for the browser. JSON: `{"guest": ..}` or `{"user": ..}`. The server calls the same function in process.
///
/// # Errors
/// `Unavailable`: the database failed.
#[server(name = LoadCurrentUser, endpoint = "current_user", input = GetUrl)]
pub async fn current_user() -> Result<CurrentUser, Error> {
    Ok(super::auth()?.load_user().await?)
}

/// The same, for components: the server calls the function in process, the browser by a request.
pub(super) async fn ask() -> Answer {
    let answer = call(LoadCurrentUser {}, String::new()).await;
    if IS_SERVER { answer } else { readable(answer) }
}

/// Something in between may have answered, with a page of its own: that is an error, and no user.
fn readable(answer: Answer) -> Answer {
    match answer.value::<CurrentUser>() {
        Ok(_) => answer,
        Err(error) => Answer(Err(error)),
    }
}

/// The current user, for components. Cheap to clone. Kept as text, as every value that is loaded: another type would be compiled
/// for the browser once more.
#[derive(Clone)]
pub struct CurrentUserResource(ArcAsyncDerived<Answer>);

impl CurrentUserResource {
    /// `None` while it is being resolved, which only a navigation in the browser ever sees. Read it under a
    /// `Suspense` or `Transition`, or in an effect.
    pub fn get(&self) -> Option<Result<CurrentUser, Error>> {
        self.0.get().map(|answer| answer.value())
    }

    /// The user; `None` for a guest, and until it is resolved.
    pub fn user(&self) -> Option<User> {
        match self.get()? {
            Ok(CurrentUser::User(user)) => Some(user),
            _ => None,
        }
    }

    /// Waits until it is resolved. For a `Suspend`.
    ///
    /// # Errors
    /// As [`current_user`].
    pub async fn resolved(&self) -> Result<CurrentUser, Error> {
        self.0.clone().await.value()
    }

    /// Shows what `view` makes of the user, again whenever the user changes.
    pub fn show(
        &self,
        view: impl Fn(Result<CurrentUser, Error>) -> Erased + Send + Sync + 'static,
    ) -> Erased {
        let (user, now) = (self.clone(), self.clone());
        shown(
            || async move { user.resolved().await },
            move || now.get(),
            view,
        )
    }

    /// Sets the user in all components. A response still in flight is discarded as stale.
    pub fn set(&self, user: &CurrentUser) {
        self.0.set(Some(Answer(Ok(to_json(user)))));
    }

    /// Asks the server again, and notifies the components only if the user has changed.
    pub(super) fn refetch(&self) {
        let Self(value) = self.clone();
        spawn_local(async move {
            let before = value.get_untracked();
            let now = ask().await;
            // Ignore errors, and do not overwrite a value that changed while the request was in flight.
            if now.0.is_ok() && value.get_untracked() == before && before.as_ref() != Some(&now) {
                value.set(Some(now));
            }
        });
    }
}

/// The slot in the page's data, and the resource once a component has asked.
#[derive(Clone)]
struct Slot {
    id: SerializedDataId,
    /// Weak: this is stored in a context of that owner, and a strong reference would leak it.
    owner: WeakOwner,
    resource: Arc<OnceLock<CurrentUserResource>>,
}

/// Call once, in `App`, before anything that may ask.
///
/// # Panics
/// It is called outside of `App`.
pub fn provide_current_user() {
    let id = Owner::current_shared_context()
        .map(|context| context.next_id())
        .unwrap_or_default();
    let owner = Owner::current()
        .expect("App runs under an owner")
        .downgrade();
    let slot = Slot {
        id,
        owner,
        resource: Arc::default(),
    };
    refetch_on_focus(&slot);
    provide_context(slot);
}

/// The current user. Call it in a component's body; the first call resolves it.
///
/// # Panics
/// `App` did not call [`provide_current_user`].
pub fn use_current_user() -> CurrentUserResource {
    let slot = expect_context::<Slot>();
    let owner = slot
        .owner
        .upgrade()
        .expect("App is there while its components are");
    let resolve = || owner.with(|| resolve(slot.id.clone()));
    let resource = slot.resource.get_or_init(resolve);
    // An error is not cached: the next component that asks tries again.
    if is_browser() && matches!(resource.0.get_untracked(), Some(Answer(Err(_)))) {
        resource.refetch();
    }
    resource.clone()
}

fn is_browser() -> bool {
    Owner::current_shared_context().is_none_or(|context| context.is_browser())
}

/// In the browser the value is read from the page, and fetched only where the page has none. On the server it is loaded from
/// the request's session, and written into the page; if that fails the page's status is the error's.
fn resolve(id: SerializedDataId) -> CurrentUserResource {
    let context = Owner::current_shared_context();
    let from_page = context.as_ref().and_then(|context| context.read_data(&id));
    let from_page: Option<Answer> = from_page.and_then(|text| text.parse().ok());
    let from_page = from_page.map(readable);
    let status = IS_SERVER.then(use_context::<PageStatus>).flatten();
    let value = ArcAsyncDerived::new(move || {
        let (from_page, status) = (from_page.clone(), status.clone());
        async move {
            let answer = match from_page {
                Some(answer) => answer,
                None => ask().await,
            };
            if let (Answer(Err(error)), Some(PageStatus(set))) = (&answer, status) {
                set(error.status());
            }
            answer
        }
    });

    if let Some(context) = context.filter(|context| !context.is_browser()) {
        let (ready, value) = (value.ready(), value.clone());
        let into_page = async move {
            ready.await;
            let answer = value.get_untracked();
            answer.map(|answer| answer.to_string()).unwrap_or_default()
        };
        context.write_async(id, Box::pin(into_page));
    }
    CurrentUserResource(value)
}

/// Another tab may have logged in or out while this one was hidden, and a page restored by the back button may be outdated.
/// Both refetch the user, if a component had asked for it.
fn refetch_on_focus(slot: &Slot) {
    let resource = Arc::clone(&slot.resource);
    let refetch = move || {
        if let Some(resource) = resource.get() {
            resource.refetch();
        }
    };
    effect(move || {
        let refetch = refetch.clone();
        let on_restore = refetch.clone();
        let visible = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                refetch();
            }
        });
        let restored = window_event_listener(ev::pageshow, move |event| {
            if event.persisted() {
                on_restore();
            }
        });
        on_cleanup(move || {
            visible.remove();
            restored.remove();
        });
    });
}
