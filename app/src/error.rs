//! Yours. The error codes and notices of your app, beside those of the core. Their texts are in `messages/en.toml`, by
//! their names.

use serde::{Deserialize, Deserializer, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::auth::{AuthError, AuthNotice};
use crate::json::code::core_or_app;

/// What a server function or a handler of this app fails with. JSON: the code, as in `"invalid_credentials"`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Error {
    Auth(AuthError),
    App(AppError),
}

/// Yours: one variant an error. JSON: its name in `snake_case`. A name that [`AuthError`] has would be read as the core's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AppError {
    InvalidName,
}

impl AppError {
    /// The HTTP status of the answer, and the `name` of the input that the error is about; `None`: the whole form.
    const fn details(&self) -> (u16, Option<&'static str>) {
        match self {
            Self::InvalidName => (422, Some("name")),
        }
    }

    pub const fn status(&self) -> u16 {
        self.details().0
    }

    pub const fn field(&self) -> Option<&'static str> {
        self.details().1
    }
}

/// A message that is no error, shown on the page that follows.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Notice {
    Auth(AuthNotice),
    App(AppNotice),
}

/// Yours: one variant a notice.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AppNotice {
    /// Whether the address was free or not: see `pages/signup.rs`.
    SignedUp,
    /// Whether a mail was sent or not: see `pages/mail_sent.rs`.
    MailSent,
    PasswordChanged,
    PasswordReset,
    EmailChanged,
    EmailKept,
    Renamed,
    TokenCreated,
    TokenRevoked,
    SessionEnded,
    OtherSessionsEnded,
    AccountClosed,
    AccountKept,
    AccountDeleted,
}

impl Error {
    pub const fn status(&self) -> u16 {
        match self {
            Self::Auth(error) => error.status(),
            Self::App(error) => error.status(),
        }
    }

    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Auth(error) => error.field(),
            Self::App(error) => error.field(),
        }
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<AuthNotice> for Notice {
    fn from(notice: AuthNotice) -> Self {
        Self::Auth(notice)
    }
}

impl From<AppNotice> for Notice {
    fn from(notice: AppNotice) -> Self {
        Self::App(notice)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(code: D) -> Result<Self, D::Error> {
        core_or_app(code, Self::Auth, Self::App)
    }
}

impl<'de> Deserialize<'de> for Notice {
    fn deserialize<D: Deserializer<'de>>(code: D) -> Result<Self, D::Error> {
        core_or_app(code, Self::Auth, Self::App)
    }
}
