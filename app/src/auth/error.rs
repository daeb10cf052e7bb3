//! Core. Error codes and notices of the login: each with a fixed text and status.
//!
//! Only codes travel; each side has the texts (`forms/messages.rs`). Causes go to the log where they occur. The app's own
//! codes are in `app/src/error.rs`.

use serde::{Deserialize, Serialize};

/// An expected failure, or [`Self::Unexpected`] without detail. JSON: the name in `snake_case`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthError {
    /// One code for a wrong password and an unknown address (ASVS 6.3.8).
    InvalidCredentials,
    /// A logged-in user did not give their password.
    WrongPassword,
    LoginRequired,
    /// The password was given too long ago, or the session was restored by a remember cookie.
    FreshLoginRequired,
    /// The form was shown to another user, who logged out since, or in another tab.
    OtherUser,
    /// The user may not do this.
    Forbidden,
    /// There is no such thing, or not for this user.
    NotFound,
    /// The password is right, and the account is deactivated.
    Inactive,
    /// An access token that is unknown, revoked or expired.
    InvalidToken,
    InvalidEmail,
    InvalidTokenName,
    InvalidDays,
    /// The user has the largest allowed number.
    TooManyTokens,
    MissingPassword,
    PasswordTooShort,
    PasswordTooLong,
    /// Among the most common passwords.
    PasswordCommon,
    /// Made of the site's name, or of the user's own name and address.
    PasswordExpected,
    /// The site's own pages do not send such a request.
    BadRequest,
    /// The request comes from a page of another site, or does not say where it comes from.
    CrossSite,
    /// The body is larger than this path accepts.
    TooLarge,
    /// The body is of another type than this path accepts.
    UnsupportedType,
    /// From one address.
    TooManyAttempts,
    Busy,
    Unavailable,
    Unexpected,
}

impl AuthError {
    /// The HTTP status: 4xx for the visitor's part, 5xx for the server's.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidCredentials
            | Self::WrongPassword
            | Self::LoginRequired
            | Self::FreshLoginRequired
            | Self::InvalidToken => 401,
            Self::Inactive | Self::CrossSite | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::OtherUser => 409,
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::UnsupportedType => 415,
            Self::InvalidEmail
            | Self::InvalidTokenName
            | Self::InvalidDays
            | Self::TooManyTokens
            | Self::MissingPassword
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordExpected => 422,
            Self::TooManyAttempts => 429,
            Self::Busy | Self::Unavailable => 503,
            Self::Unexpected => 500,
        }
    }

    /// The `name` of the input that the error is about; `None`: the whole form.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::InvalidEmail => Some("email"),
            Self::InvalidTokenName => Some("token_name"),
            Self::InvalidDays => Some("days"),
            Self::MissingPassword
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordExpected => Some("password"),
            _ => None,
        }
    }
}

/// A message that is no error. JSON: the name in `snake_case`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthNotice {
    /// Why a visitor was sent to the login page ...
    LoginRequired,
    /// ... and to the page that asks for the password again.
    FreshLoginRequired,
    LoggedOut,
}
