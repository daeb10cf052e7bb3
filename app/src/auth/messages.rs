//! Core. Everything the log in says to people, in one place: replace [`english`] by a function of your own to change
//! or translate it (`TEXTS` in `lib.rs`). It is called while rendering, on both sides, and may read a context there.

use std::borrow::Cow;

use leptos::prelude::*;

use super::config::{
    NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, TOKEN_DAYS_MAX, TOKEN_NAME_MAX, TOKENS_MAX,
};
use super::{AuthError, Notice};

/// What there is to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Message {
    Error(AuthError),
    Notice(Notice),
    Label(Label),
}

/// What the core's own buttons and links are called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Label {
    LogOut,
    TryAgain,
}

/// What a message reads like. `category` is the CSS class beside `message`. An empty text is not shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text {
    pub text: Cow<'static, str>,
    pub category: &'static str,
}

/// The words for a message.
pub type Texts = fn(Message) -> Text;

/// The default.
pub fn english(message: Message) -> Text {
    match message {
        Message::Error(error) => Text {
            text: of_error(error),
            category: "error",
        },
        Message::Notice(notice) => Text {
            text: of_notice(notice).into(),
            category: "notice",
        },
        Message::Label(label) => Text {
            text: of_label(label).into(),
            category: "label",
        },
    }
}

const fn of_label(label: Label) -> &'static str {
    match label {
        Label::LogOut => "Log out",
        Label::TryAgain => "Try again",
    }
}

const fn of_notice(notice: Notice) -> &'static str {
    match notice {
        Notice::SignedUp => {
            "Welcome! If this address was not in use yet, your account is ready. \
             Log in with your password."
        }
        Notice::LoginRequired => "Please log in to access this page.",
        Notice::FreshLoginRequired => "Please reauthenticate to access this page.",
        Notice::PasswordChanged => "Your password is changed. Every other device is logged out.",
        Notice::SessionEnded => "Logged out there.",
        Notice::TokenRevoked => "The token is revoked.",
    }
}

fn of_error(error: AuthError) -> Cow<'static, str> {
    let text = match error {
        AuthError::InvalidCredentials => "That e-mail address and password do not match.",
        AuthError::WrongPassword => "That is not your password.",
        AuthError::LoginRequired => "Please log in to go on.",
        AuthError::FreshLoginRequired => "Please give your password to go on.",
        AuthError::Inactive => "This account is not active.",
        AuthError::InvalidToken => "That access token is not valid.",
        AuthError::InvalidEmail => "Enter an e-mail address, like name@example.com.",
        AuthError::InvalidName => {
            return format!("Enter a name of 1 to {NAME_MAX} characters.").into();
        }
        AuthError::InvalidTokenName => {
            return format!("Enter a name of 1 to {TOKEN_NAME_MAX} characters.").into();
        }
        AuthError::InvalidDays => {
            return format!("Enter a number of days from 1 to {TOKEN_DAYS_MAX}.").into();
        }
        AuthError::TooManyTokens => {
            return format!(
                "You have {TOKENS_MAX} access tokens. Revoke one that you do not need any more."
            )
            .into();
        }
        AuthError::MissingPassword => "Enter your password.",
        AuthError::PasswordTooShort => {
            return format!(
                "That password is too short: choose one of at least {PASSWORD_MIN} characters."
            )
            .into();
        }
        AuthError::PasswordTooLong => {
            return format!("Choose a password of at most {PASSWORD_MAX} characters.").into();
        }
        AuthError::PasswordCommon => {
            "That password is among those that are tried first. Choose another, a few words in a row."
        }
        AuthError::PasswordExpected => {
            "That password is made of your name, your address or ours. Choose another, a few words in a row."
        }
        AuthError::CrossSite => "This request came from another site.",
        AuthError::BadRequest => "That request could not be understood.",
        AuthError::TooManyAttempts => "Too many attempts. Please wait a minute and try again.",
        AuthError::Busy => "Too many people are logging in at this moment. Please try again.",
        AuthError::Unavailable => "This is not available at the moment. Please try again.",
        AuthError::Unexpected => "Something went wrong on our side.",
    };
    text.into()
}

/// Call once, in `App`. A server that was started with other texts keeps them.
pub fn provide_texts(texts: Texts) {
    if use_context::<Texts>().is_none() {
        provide_context(texts);
    }
}

/// What a message reads like here.
pub fn text_of(message: Message) -> Text {
    use_context::<Texts>().unwrap_or(english)(message)
}

/// A fixed text for a refusal. A shorthand of [`text_of`].
pub fn say(error: AuthError) -> String {
    text_of(Message::Error(error)).text.into_owned()
}

/// What a button or link of the core is called. A shorthand of [`text_of`].
pub(super) fn call(label: Label) -> String {
    text_of(Message::Label(label)).text.into_owned()
}
