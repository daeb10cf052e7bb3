//! Core. How a server function answers its form: a hydrated page gets the value as JSON, a plain form a redirect with a flash.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::flash::{Flash, FormValues};
use crate::auth::error::AuthError;
use crate::auth::guards::function::auth;
use crate::auth::guards::next::login_url;
use crate::error::{Error, Notice};

/// Marks a request that a browser's own form sent: its answer is a redirect.
#[derive(Clone, Copy)]
pub struct PlainForm;

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

    /// The same of another form, that this one stands before.
    #[must_use]
    pub fn typed_before(mut self, values: FormValues) -> Self {
        self.typed = values.clone();
        self.kept = values;
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
        let result = work.await;
        match &result {
            Ok(value) => {
                let answer = change(self, value);
                let flash = Flash {
                    error: None,
                    notice: answer.notice,
                    typed: answer.kept,
                };
                if flash == Flash::default() {
                    redirect(&answer.success);
                } else {
                    redirect_with_flash(&answer.success, flash).await;
                }
            }
            Err(error) => self.reject(error).await,
        }
        result
    }

    /// Leads a plain form to the page that can help: the login page, the one that asks for the password, or the form itself.
    /// What was typed comes back in each case.
    async fn reject(self, error: &Error) {
        let Ok(auth) = auth() else {
            return;
        };
        let views = &auth.options().login_views;
        let path = self.resume.split('?').next().unwrap_or_default();
        let view = match error {
            Error::Auth(AuthError::LoginRequired) => views.at(path),
            Error::Auth(AuthError::FreshLoginRequired) => views.refresh,
            _ => None,
        };
        let flash = Flash {
            error: view.is_none().then(|| error.clone()),
            notice: None,
            typed: self.typed,
        };
        match view {
            Some(view) => redirect_with_flash(&login_url(view, &self.resume), flash).await,
            None => redirect_with_flash(&self.form, flash).await,
        }
    }
}

/// The login page that returns to `next`.
pub fn login_page(next: &str) -> String {
    let views = auth().map(|auth| auth.options().login_views);
    views.unwrap_or_default().url(next)
}

/// Redirects a plain form to `path` (303). A hydrated page navigates by the function's value.
pub fn redirect(path: &str) {
    let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>())
    else {
        return;
    };
    if parts.extensions.get::<PlainForm>().is_some() {
        let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        options.set_status(StatusCode::SEE_OTHER);
        options.insert_header(header::LOCATION, path);
    }
}

/// Redirects a plain form to `path`, with a message for the page there.
pub async fn redirect_with_flash(path: &str, flash: Flash) {
    redirect(path);
    if let (Some(parts), Ok(auth)) = (use_context::<Parts>(), auth())
        && parts.extensions.get::<PlainForm>().is_some()
    {
        auth.set_flash(flash).await;
    }
}
