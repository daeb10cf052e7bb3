//! Core. The current user: guest or user, a reactive value that is resolved on first use and shared by everybody.
//!
//! A `Resource` would run as soon as it exists. This one exists only when a component first asks for it; what
//! `App` sets aside from the start is its *place* in the page's data. Leptos 0.8 numbers these places in the order
//! in which things are made, and the first to ask need not be the same on the server and in the browser.

use std::sync::{Arc, OnceLock};

use hydration_context::SerializedDataId;
use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::computed::ArcAsyncDerived;
use leptos::reactive::owner::WeakOwner;
use leptos::server_fn::codec::GetUrl;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::AuthError;
use crate::users::{Guest, User};

/// Who is there. An enum, so that nobody forgets the guest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrentUser {
    /// Nobody has logged in. What the app knows of them all the same.
    Guest(Guest),
    User(User),
}

/// Who is there, for the browser. JSON: `{"guest": ..}` or `{"user": ..}`. The server asks the same function in process.
///
/// # Errors
/// [`AuthError::Unavailable`]: the database could not answer.
#[server(name = LoadCurrentUser, endpoint = "current_user", input = GetUrl)]
pub async fn current_user() -> Result<CurrentUser, AuthError> {
    super::server_function::session()?.load_user().await
}

/// The current user, for components. Cheap to clone.
#[derive(Clone)]
pub struct CurrentUserResource(ArcAsyncDerived<Result<CurrentUser, AuthError>>);

impl CurrentUserResource {
    /// `None` while it is being resolved, which only a navigation in the browser ever sees. Read it under a
    /// `Suspense` or `Transition`, or in an effect.
    pub fn get(&self) -> Option<Result<CurrentUser, AuthError>> {
        self.0.get()
    }

    /// Waits for it. For a `Suspend`.
    ///
    /// # Errors
    /// As [`current_user`].
    pub async fn resolved(&self) -> Result<CurrentUser, AuthError> {
        self.0.clone().await
    }

    /// Tells every component at once. An answer that is still on its way is dropped: it is about yesterday.
    pub fn set(&self, user: CurrentUser) {
        self.0.set(Some(Ok(user)));
    }

    /// Asks the server again, and disturbs nobody if nothing has changed.
    pub(super) fn look_again(&self) {
        let Self(value) = self.clone();
        spawn_local(async move {
            let before = value.get_untracked();
            let now = current_user().await;
            // No answer is no news, and somebody who logged in or out meanwhile knows better.
            if now.is_ok() && value.get_untracked() == before && before.as_ref() != Some(&now) {
                value.set(Some(now));
            }
        });
    }
}

/// The place, and what is in it once somebody has asked.
#[derive(Clone)]
struct Place {
    id: SerializedDataId,
    /// Weak: this is kept in a context of that very owner, and would keep it for ever.
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
    let place = Place {
        id,
        owner,
        resource: Arc::default(),
    };
    look_again_when_looked_at(&place);
    provide_context(place);
}

/// The current user. Call it in a component's body; the first call resolves it.
///
/// # Panics
/// `App` did not call [`provide_current_user`].
pub fn use_current_user() -> CurrentUserResource {
    let place = expect_context::<Place>();
    let owner = place
        .owner
        .upgrade()
        .expect("App is there while its components are");
    let resolve = || owner.with(|| resolve(place.id.clone()));
    let resource = place.resource.get_or_init(resolve);
    // A failure is not remembered for ever: whoever comes next tries again.
    if is_browser() && matches!(resource.0.get_untracked(), Some(Err(_))) {
        resource.look_again();
    }
    resource.clone()
}

fn is_browser() -> bool {
    Owner::current_shared_context().is_none_or(|context| context.is_browser())
}

/// In the browser the value comes out of the page, and over the network only where the page has none. On the
/// server it comes from this request's session, and goes into the page.
fn resolve(id: SerializedDataId) -> CurrentUserResource {
    let context = Owner::current_shared_context();
    let from_page = context.as_ref().and_then(|context| context.read_data(&id));
    let from_page = from_page.and_then(|json| serde_json::from_str(&json).ok());
    let value = ArcAsyncDerived::new(move || {
        let from_page: Option<Result<CurrentUser, AuthError>> = from_page.clone();
        async move {
            match from_page {
                Some(user) => user,
                None => current_user().await,
            }
        }
    });

    if let Some(context) = context.filter(|context| !context.is_browser()) {
        let (ready, value) = (value.ready(), value.clone());
        let into_page = async move {
            ready.await;
            value
                .with_untracked(serde_json::to_string)
                .unwrap_or_default()
        };
        context.write_async(id, Box::pin(into_page));
    }
    CurrentUserResource(value)
}

/// Another tab may have logged out, or in, while nobody looked at this one; and a page that the back button brings
/// back is as old as it was. Both ask again, if anybody had asked before.
fn look_again_when_looked_at(place: &Place) {
    let resource = Arc::clone(&place.resource);
    let look_again = move || {
        if let Some(resource) = resource.get() {
            resource.look_again();
        }
    };
    Effect::new(move |_| {
        let look_again = look_again.clone();
        let on_restore = look_again.clone();
        let visible = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                look_again();
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
