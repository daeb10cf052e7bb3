//! Core. How a server function answers its form: a hydrated page gets the value as JSON and what follows in a header, a plain form
//! a redirect with a flash.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::{use_context, with_context};
use leptos_axum::ResponseOptions;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::call::{FORM_ANSWER, FormAnswer};
use super::cookie_check::cookie_check;
use super::flash::{Flash, FormValues};
use crate::auth::config::FUNCTIONS;
use crate::auth::error::{AuthError, AuthNotice};
use crate::auth::guards::function::auth;
use crate::auth::guards::next::{login_url, path_of};
use crate::auth::records::CurrentUser;
use crate::error::{Error, Notice};

const NOT_IN_A_HEADER: &AsciiSet = &CONTROLS.add(b'%');

/// Marks a request that a browser's own form sent: its answer is a redirect.
#[derive(Clone, Copy)]
pub struct PlainForm;

/// The id of the user to whom the form was shown. Another tab may have logged in another user since.
#[derive(Clone)]
pub struct ShownTo(pub String);

/// The answer to the form of the page `form` (a path with its query).
pub fn answer(form: impl Into<String>) -> Answer {
    let form = form.into();
    Answer {
        resume: form.clone(),
        success: form.clone(),
        form,
        notice: None,
        typed: FormValues::default(),
        kept: FormValues::default(),
    }
}

pub struct Answer {
    form: String,
    /// Where a login or a confirmation, if one is needed first, leads back to.
    resume: String,
    success: String,
    notice: Option<Notice>,
    typed: FormValues,
    kept: FormValues,
}

impl Answer {
    /// What was typed: it comes back when the form is rejected. Never a password.
    #[must_use]
    pub fn typed<const N: usize>(mut self, fields: [(&str, &str); N]) -> Self {
        self.typed = FormValues::new(fields);
        self
    }

    /// What was typed into another form, which needs this login or confirmation first: `packed` is the hidden field with its values.
    #[must_use]
    pub fn typed_before(mut self, packed: &str) -> Self {
        self.kept = FormValues::unpack(packed);
        self.typed = self.typed.or(&self.kept);
        if self.kept != FormValues::default() {
            self.notice = Some(AuthNotice::SendAgain.into());
        }
        self
    }

    /// The page after a success, in place of the form's own.
    #[must_use]
    pub fn then(mut self, path: impl Into<String>) -> Self {
        self.success = path.into();
        self
    }

    /// What that page says.
    #[must_use]
    pub fn notice(mut self, notice: impl Into<Notice>) -> Self {
        self.notice = Some(notice.into());
        self
    }

    /// What that page's form is filled in with.
    #[must_use]
    pub fn keep<const N: usize>(mut self, fields: [(&str, &str); N]) -> Self {
        self.kept = FormValues::new(fields);
        self
    }

    /// The page that a login or a confirmation leads back to, in place of the form's own.
    #[must_use]
    pub fn resume(mut self, path: impl Into<String>) -> Self {
        self.resume = path.into();
        self
    }

    /// Runs `work` and answers with its result.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn run<T>(self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.run_with(work, |answer, _| answer).await
    }

    /// The same; after a success `change` may change the answer by the value: `|answer, id| answer.then(format!("/notes/{id}"))`.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn run_with<T>(
        self,
        work: impl Future<Output = Result<T, Error>>,
        change: impl FnOnce(Self, &T) -> Self,
    ) -> Result<T, Error> {
        // Boxed: the futures of server functions are large.
        let work = Box::pin(work);
        let result = match Box::pin(require_same_user()).await {
            Ok(()) => work.await,
            Err(error) => Err(error.into()),
        };
        match &result {
            Ok(value) => change(self, value).accept().await,
            Err(error) => self.reject(error).await,
        }
        result
    }

    async fn accept(self) {
        if is_plain() {
            let flash = Flash {
                notice: self.notice,
                typed: self.kept,
                ..Flash::default()
            };
            redirect(&self.success, flash).await;
        } else {
            send_to_page(&FormAnswer {
                to: self.success,
                notice: self.notice,
                keep: self.kept.names(),
                user: changed_user().await,
            });
        }
    }

    /// Leads a plain form to the page that can help: the login page, the one that asks for the password, or the form itself.
    /// What was typed comes back in each case.
    async fn reject(self, error: &Error) {
        let Ok(auth) = auth() else {
            return;
        };
        let views = &auth.options().login_views;
        let path = path_of(&self.resume);
        let view = match error {
            Error::Auth(AuthError::LoginRequired) => views.at(path),
            Error::Auth(AuthError::FreshLoginRequired) => views.refresh,
            _ => None,
        };
        let (page, error, typed) = match view {
            Some(view) => {
                let typed = self.typed.with_refused_by(&called());
                (login_url(view, &self.resume), None, typed)
            }
            None => (self.form, Some(error.clone()), self.typed),
        };
        let flash = Flash {
            error,
            typed,
            ..Flash::default()
        };
        redirect(&page, flash).await;
    }
}

/// Refuses a form that was shown to another user than the one who is logged in now. Scripts send no such field.
async fn require_same_user() -> Result<(), AuthError> {
    let shown_to = with_context(|parts: &Parts| parts.extensions.get().cloned());
    let Some(ShownTo(id)) = shown_to.flatten() else {
        return Ok(());
    };
    match auth()?.load_user().await? {
        CurrentUser::User(user) if user.id != id => Err(AuthError::OtherUser),
        _ => Ok(()),
    }
}

/// The login page that returns to `next`.
pub fn login_page(next: &str) -> String {
    let views = auth().map(|auth| auth.options().login_views);
    views.unwrap_or_default().url(next)
}

/// The id of the user after this request, where it changed the session cookie; empty for a guest.
async fn changed_user() -> Option<String> {
    let auth = auth().ok().filter(|auth| auth.request().sets_session())?;
    match auth.load_user().await.ok()? {
        CurrentUser::User(user) => Some(user.id),
        CurrentUser::Guest(_) => Some(String::new()),
    }
}

/// The path of the function that was called.
fn called() -> String {
    with_context(|parts: &Parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// Whether a browser's own form sent the request.
fn is_plain() -> bool {
    let plain = with_context(|parts: &Parts| parts.extensions.get::<PlainForm>().is_some());
    plain == Some(true)
}

/// Tells a hydrated page, which cannot follow a redirect without losing the function's value, what a plain form is redirected to.
fn send_to_page(answer: &FormAnswer) {
    // A page that is being rendered may call a server function, too.
    let is_call = called().starts_with(FUNCTIONS);
    let Some(options) = use_context::<ResponseOptions>().filter(|_| is_call) else {
        return;
    };
    let json = serde_json::to_string(answer).unwrap_or_default();
    let encoded = utf8_percent_encode(&json, NOT_IN_A_HEADER).to_string();
    if let Ok(value) = HeaderValue::try_from(encoded) {
        options.insert_header(HeaderName::from_static(FORM_ANSWER), value);
    }
}

/// Redirects a plain form to `path` (303), with a message for the page there.
async fn redirect(path: &str, mut flash: Flash) {
    let Some(options) = use_context::<ResponseOptions>().filter(|_| is_plain()) else {
        return;
    };
    let Ok(auth) = auth() else {
        return;
    };
    if flash != Flash::default() {
        flash.page = path_of(path).to_owned();
        auth.set_flash(flash).await;
    }
    let to = if auth.request().sets_first_cookie() && path.starts_with('/') {
        &cookie_check(path)
    } else {
        path
    };
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    options.set_status(StatusCode::SEE_OTHER);
    options.insert_header(header::LOCATION, location);
}
