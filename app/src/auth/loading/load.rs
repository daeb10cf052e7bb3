//! Core. The value of a server function, for a page. A resource of the function's own type would be compiled again for each function.

use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use leptos::server_fn::ServerFn;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::call::{Called, call};
use super::load_error::LoadError;
use crate::auth::current_user::use_current_user;
use crate::auth::error::AuthError;
use crate::erased::{Erased, IntoErased, effect, reactive_text, shown};
use crate::error::Error;

/// The value of a server function. Copied cheaply.
pub struct Loaded<T> {
    answer: Resource<Answer, FromToStringCodec>,
    /// It is loaded for the first time.
    waits: RwSignal<bool>,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

/// Calls `function`, and again whenever what it reads changes, as with a parameter of the path. Call it in the body of a component.
/// If the session ended behind an open tab, the guard sends the visitor to the login page and back.
pub fn load<F>(function: impl Fn() -> F + Send + Sync + 'static) -> Loaded<F::Output>
where
    F: ServerFn<Error = Error> + Serialize + 'static,
    F::Output: Serialize + DeserializeOwned,
{
    let function = Arc::new(function);
    let now = Arc::clone(&function);
    let query = move || serde_qs::to_string(&function()).unwrap_or_default();
    let waits = RwSignal::new(false);
    let call = Box::new(move |query| call(now(), query));
    Loaded {
        answer: resource(Box::new(query), call, waits),
        waits,
        value: PhantomData,
    }
}

type Query = Box<dyn Fn() -> String + Send + Sync>;
type Call = Box<dyn Fn(String) -> Called + Send + Sync>;

fn resource(
    query: Query,
    call: Call,
    waits: RwSignal<bool>,
) -> Resource<Answer, FromToStringCodec> {
    let answer = Resource::new_str(query, call);
    effect(move || {
        let answer = answer.get();
        waits.set(answer.is_none());
        if let Some(Answer(Err(Error::Auth(AuthError::LoginRequired)))) = answer {
            use_current_user().refetch();
        }
    });
    answer
}

impl<T: DeserializeOwned + 'static> Loaded<T> {
    /// `None` while it is loaded for the first time. Read it in a `Transition`, or in an effect.
    pub fn get(self) -> Option<Result<T, Error>> {
        self.answer.get().map(|answer| answer.value())
    }

    /// Waits for it. For a `Suspend`.
    ///
    /// # Errors
    /// The function's.
    pub async fn resolved(self) -> Result<T, Error> {
        self.answer.await.value()
    }

    /// Shows it by `view`, or why it could not be loaded.
    pub fn show<View: IntoView + 'static>(
        self,
        view: impl Fn(T) -> View + Send + Sync + 'static,
    ) -> Erased {
        shown(
            move || self.resolved(),
            move || self.get(),
            move |value| match value {
                Ok(value) => view(value).erased(),
                Err(error) => view! { <LoadError error/> }.erased(),
            },
        )
    }

    /// The attribute `aria-busy` of what it is shown in: `true` while it is loaded for the first time.
    pub fn busy(self) -> Signal<Option<String>> {
        reactive_text(move || self.waits.get().then(|| "true".into()))
    }

    /// Calls the function again.
    pub fn refetch(self) {
        self.answer.refetch();
    }
}
