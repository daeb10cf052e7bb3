//! Core. Error codes and notices of the login: each with a fixed text and status.
//!
//! Only the code is sent to the browser; both sides have the texts (`auth/texts/`). The cause is logged where it occurs.
//! The app's own codes are in `app/src/error.rs`.

use serde::Serialize;
use serde::de::VariantAccess;
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::json::code::CoreCode;

/// An expected failure, or [`Self::Unexpected`] without detail. JSON: the name in `snake_case`; `{"try_again_in": 4}` for the one
/// that has a number.
#[derive(Clone, Copy, Debug, EnumString, Eq, IntoStaticStr, PartialEq, Serialize, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AuthError {
    /// One code for a wrong password and an unknown address (ASVS 6.3.8).
    InvalidCredentials,
    /// A logged-in user gave a wrong password.
    WrongPassword,
    /// A logged-in user gave some wrong passwords, and has to wait for so many seconds before the next one is looked at. Guests
    /// are not told: see [`Self::InvalidCredentials`].
    TryAgainIn(i64),
    /// A logged-in user gave so many wrong passwords that only the operator can help (`server unlock`).
    PasswordLocked,
    LoginRequired,
    /// The password was given too long ago, or the session was restored by a remember cookie.
    FreshLoginRequired,
    /// The form was shown to another user, who logged out since, or in another tab.
    OtherUser,
    /// The user may not do this.
    Forbidden,
    /// It does not exist, or not for this user.
    NotFound,
    /// The password is right, but the account is deactivated.
    Inactive,
    /// The password is right, but the user has asked for the deletion; a mail has a link that keeps the account.
    AccountClosed,
    /// An access token that is unknown, revoked or expired.
    InvalidToken,
    InvalidEmail,
    /// It is the account's address already.
    EmailUnchanged,
    InvalidTokenName,
    InvalidDays,
    /// The user has the maximum number of access tokens.
    TooManyTokens,
    MissingPassword,
    PasswordTooShort,
    PasswordTooLong,
    /// Among the most common passwords.
    PasswordCommon,
    /// Made of the site's name, or of the user's own name and address.
    PasswordExpected,
    /// The new password is the current one.
    PasswordUnchanged,
    /// The site's own pages do not send such a request.
    BadRequest,
    /// The browser does not keep this site's cookies.
    CookiesRefused,
    /// The request comes from a page of another site, or does not say where it comes from.
    CrossSite,
    /// The body is larger than this path accepts.
    TooLarge,
    /// The body is of another type than this path accepts.
    UnsupportedType,
    /// A link in a mail that is used, has expired, or is another's.
    LinkUnusable,
    /// The address has an account. Never for visitors who are not its owner (ASVS 6.3.8).
    AddressTaken,
    /// The site sends no mail.
    NoMail,
    /// Visitors do not sign up here, or not in this way.
    SignUpClosed,
    /// The rate limit of the client's address is reached.
    TooManyAttempts,
    Busy,
    Unavailable,
    Unexpected,
}

impl AuthError {
    /// The HTTP status: 4xx if the request is at fault, 5xx if the server is.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidCredentials
            | Self::WrongPassword
            | Self::LoginRequired
            | Self::FreshLoginRequired
            | Self::InvalidToken => 401,
            Self::Inactive
            | Self::AccountClosed
            | Self::CrossSite
            | Self::Forbidden
            | Self::PasswordLocked
            | Self::SignUpClosed => 403,
            Self::NotFound | Self::NoMail => 404,
            Self::OtherUser | Self::AddressTaken => 409,
            Self::LinkUnusable => 410,
            Self::BadRequest | Self::CookiesRefused => 400,
            Self::TooLarge => 413,
            Self::UnsupportedType => 415,
            Self::InvalidEmail
            | Self::EmailUnchanged
            | Self::InvalidTokenName
            | Self::InvalidDays
            | Self::TooManyTokens
            | Self::MissingPassword
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordExpected
            | Self::PasswordUnchanged => 422,
            Self::TooManyAttempts | Self::TryAgainIn(_) => 429,
            Self::Busy | Self::Unavailable => 503,
            Self::Unexpected => 500,
        }
    }

    /// The `name` of the input that the error is about; `None`: the whole form. A form without that input shows it as its own.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::InvalidEmail | Self::EmailUnchanged => Some("email"),
            Self::InvalidTokenName => Some("token_name"),
            Self::InvalidDays => Some("days"),
            Self::WrongPassword | Self::TryAgainIn(_) | Self::PasswordLocked => {
                Some("current_password")
            }
            Self::MissingPassword
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordExpected
            | Self::PasswordUnchanged => Some("password"),
            _ => None,
        }
    }
}

/// A message that is not an error. JSON: the name in `snake_case`.
#[derive(Clone, Copy, Debug, EnumString, Eq, IntoStaticStr, PartialEq, Serialize, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AuthNotice {
    /// The visitor was redirected to the login page.
    LoginRequired,
    /// The visitor was redirected to the page that asks for the password again.
    FreshLoginRequired,
    /// The login or the confirmation that a form waited for is done, and the form must be sent again.
    SendAgain,
    LoggedOut,
}

impl CoreCode for AuthError {
    fn with_value<'de, V: VariantAccess<'de>>(self, value: V) -> Result<Self, V::Error> {
        match self {
            Self::TryAgainIn(_) => value.newtype_variant().map(Self::TryAgainIn),
            code => value.unit_variant().map(|()| code),
        }
    }
}

impl CoreCode for AuthNotice {
    fn with_value<'de, V: VariantAccess<'de>>(self, value: V) -> Result<Self, V::Error> {
        value.unit_variant().map(|()| self)
    }
}
