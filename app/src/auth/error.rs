//! Core. What a refused visitor is told: a code with a fixed text and status.
//!
//! Text never travels: a code does, and each side has the words. Causes go to the log, at the place
//! that meets them, and never in here.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::config::{NAME_MAX, PASSWORD_MAX, PASSWORD_MIN};

/// An expected failure, or the opaque face of an unexpected one. JSON: the name in `snake_case`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Error, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthError {
    /// One text for a wrong password and an unknown address (ASVS 6.3.8).
    #[error("That e-mail address and password do not match.")]
    InvalidCredentials,
    #[error("Please log in to go on.")]
    LoginRequired,
    #[error("Enter an e-mail address, like name@example.com.")]
    InvalidEmail,
    #[error("Enter a name of 1 to {NAME_MAX} characters.")]
    InvalidName,
    #[error("Enter your password.")]
    MissingPassword,
    #[error("That password is too short: choose one of at least {PASSWORD_MIN} characters.")]
    PasswordTooShort,
    #[error("Choose a password of at most {PASSWORD_MAX} characters.")]
    PasswordTooLong,
    /// The request is not one that our own pages could have sent.
    #[error("That request could not be understood.")]
    BadRequest,
    #[error("Too many people are logging in at this moment. Please try again.")]
    Busy,
    #[error("This is not available at the moment. Please try again.")]
    Unavailable,
    #[error("Something went wrong on our side.")]
    Unexpected,
}

impl AuthError {
    /// The HTTP status that says the same: 4xx for the visitor's part, 5xx for ours.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidCredentials | Self::LoginRequired => 401,
            Self::BadRequest => 400,
            Self::InvalidEmail
            | Self::InvalidName
            | Self::MissingPassword
            | Self::PasswordTooShort
            | Self::PasswordTooLong => 422,
            Self::Busy | Self::Unavailable => 503,
            Self::Unexpected => 500,
        }
    }

    /// The `name` of the input that the text belongs under; `None` belongs to the whole form.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::InvalidEmail => Some("email"),
            Self::InvalidName => Some("name"),
            Self::MissingPassword | Self::PasswordTooShort | Self::PasswordTooLong => {
                Some("password")
            }
            _ => None,
        }
    }
}

impl FromServerFnError for AuthError {
    type Encoder = JsonEncoding;

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
