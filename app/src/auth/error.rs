//! Core. What a refused visitor is told: a code with a fixed text and status.
//!
//! Text never travels: a code does, and each side has the words (`messages.rs`). Causes go to the log, at the place
//! that meets them, and never in here.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::Bytes;
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// An expected failure, or the opaque face of an unexpected one. JSON: the name in `snake_case`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthError {
    /// One code for a wrong password and an unknown address (ASVS 6.3.8).
    InvalidCredentials,
    /// The password of somebody who is logged in already.
    WrongPassword,
    LoginRequired,
    /// The log in is too old for what is asked, or was brought back by a remember cookie.
    FreshLoginRequired,
    /// The password is right, and the account is switched off.
    Inactive,
    /// An access token that is unknown, revoked or expired.
    InvalidToken,
    InvalidEmail,
    InvalidName,
    InvalidTokenName,
    InvalidDays,
    /// One user has as many as there may be.
    TooManyTokens,
    MissingPassword,
    PasswordTooShort,
    PasswordTooLong,
    /// One of those that are tried first.
    PasswordCommon,
    /// Made of the site's name, or of the user's own name and address.
    PasswordExpected,
    /// The request is not one that our own pages could have sent.
    BadRequest,
    /// It came from a page of another site, or does not say where it came from.
    CrossSite,
    /// From one address.
    TooManyAttempts,
    Busy,
    Unavailable,
    Unexpected,
}

impl AuthError {
    /// The HTTP status that says the same: 4xx for the visitor's part, 5xx for ours.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidCredentials
            | Self::WrongPassword
            | Self::LoginRequired
            | Self::FreshLoginRequired
            | Self::InvalidToken => 401,
            Self::Inactive | Self::CrossSite => 403,
            Self::BadRequest => 400,
            Self::InvalidEmail
            | Self::InvalidName
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

    /// The `name` of the input that the text belongs under; `None` belongs to the whole form.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::InvalidEmail => Some("email"),
            Self::InvalidName => Some("name"),
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

impl FromServerFnError for AuthError {
    type Encoder = JsonEncoding;

    /// What is no code of ours was said by somebody in between: a proxy whose server is away, most of all.
    fn de(answer: Bytes) -> Self {
        serde_json::from_slice(&answer).unwrap_or(Self::Unavailable)
    }

    /// The framework's own words may name types and fields, so they end here.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::BadRequest,
            ServerFnErrorErr::Request(_) => Self::Unavailable,
            _ => Self::Unexpected,
        }
    }
}
