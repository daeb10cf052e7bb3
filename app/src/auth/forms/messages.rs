//! Core. What the core says to visitors, in English. The app's own texts, and any that replace these, are in
//! `app/src/messages/`. Called while rendering, on both sides; may read a context there.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::auth::config::{PASSWORD_MAX, PASSWORD_MIN, TOKEN_DAYS_MAX, TOKEN_NAME_MAX, TOKENS_MAX};
use crate::auth::error::{AuthError, AuthNotice};
use crate::error::{Error, Notice};

/// What is to be said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Message<'a> {
    Error(&'a Error),
    Notice(&'a Notice),
    Label(Label),
}

/// The buttons and links of the core.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Label {
    LogOut,
    TryAgain,
}

/// The text of a message. `category` is the CSS class beside `message`. An empty text is not shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text {
    pub text: Cow<'static, str>,
    pub category: &'static str,
}

/// The texts for all messages, in one language.
pub type Texts = fn(Message<'_>) -> Text;

impl Text {
    pub fn error(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            category: "error",
        }
    }

    pub fn notice(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            category: "notice",
        }
    }

    pub fn label(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            category: "label",
        }
    }
}

/// The default texts. Of the app's own codes it knows nothing.
pub fn english(message: Message<'_>) -> Text {
    match message {
        Message::Error(Error::Auth(error)) => Text::error(of_error(*error)),
        Message::Error(Error::App(_)) => Text::error(of_error(AuthError::Unexpected)),
        Message::Notice(Notice::Auth(notice)) => Text::notice(of_notice(*notice)),
        Message::Notice(Notice::App(_)) => Text::notice(""),
        Message::Label(label) => Text::label(of_label(label)),
    }
}

const fn of_label(label: Label) -> &'static str {
    match label {
        Label::LogOut => "Log out",
        Label::TryAgain => "Try again",
    }
}

const fn of_notice(notice: AuthNotice) -> &'static str {
    match notice {
        AuthNotice::LoginRequired => "Please log in to access this page.",
        AuthNotice::LoggedOut => "You're logged out.",
        AuthNotice::FreshLoginRequired => "Please confirm your password to continue.",
        AuthNotice::SendAgain => {
            "Nothing has been changed yet. Press the button again to continue."
        }
    }
}

fn of_error(error: AuthError) -> Cow<'static, str> {
    let text = match error {
        AuthError::InvalidCredentials => {
            "Wrong email or password. After several mistakes, wait a moment before you try again."
        }
        AuthError::WrongPassword => "Wrong password.",
        AuthError::TryAgainIn(seconds) => {
            return format!("Too many wrong passwords. Try again in {}.", time(seconds)).into();
        }
        AuthError::PasswordLocked => {
            "Too many wrong passwords. Contact support to unlock your account."
        }
        AuthError::LoginRequired => "Please log in to continue.",
        AuthError::FreshLoginRequired => "Please confirm your password to continue.",
        AuthError::Inactive => "This account has been deactivated. Contact support.",
        AuthError::InvalidToken => "That access token is not valid.",
        AuthError::InvalidEmail => "Enter an email address, like name@example.com.",
        AuthError::InvalidTokenName => {
            return format!("Enter a name of 1 to {TOKEN_NAME_MAX} characters.").into();
        }
        AuthError::InvalidDays => {
            return format!("Enter a number of days from 1 to {TOKEN_DAYS_MAX}.").into();
        }
        AuthError::TooManyTokens => {
            return format!("You have {TOKENS_MAX} access tokens. Revoke one you no longer need.")
                .into();
        }
        AuthError::MissingPassword => "Enter your password.",
        AuthError::PasswordTooShort => {
            return format!("Use at least {PASSWORD_MIN} characters.").into();
        }
        AuthError::PasswordTooLong => {
            return format!("Use at most {PASSWORD_MAX} characters.").into();
        }
        AuthError::PasswordCommon => {
            "This password is too common. Choose one that's harder to guess."
        }
        AuthError::PasswordUnchanged => "This is your current password. Choose another one.",
        AuthError::PasswordExpected => "Don't use your name, email or our name in your password.",
        AuthError::OtherUser => {
            "You're now logged in with another account. Check that this is still what you want, and try again."
        }
        AuthError::Forbidden => "You don't have access to this page.",
        AuthError::NotFound => "Page not found.",
        AuthError::TooLarge => "That's too large to send.",
        AuthError::UnsupportedType => "That type of content can't be sent here.",
        AuthError::CrossSite => {
            "We blocked this request because it didn't come from our site. Go back and try again."
        }
        AuthError::CookiesRefused => {
            "Your browser doesn't accept our cookies, so it can't log in. Allow cookies for this site, and try again."
        }
        AuthError::BadRequest => "Something was wrong with that request. Go back and try again.",
        AuthError::TooManyAttempts => "Too many attempts. Please wait a minute and try again.",
        AuthError::Busy => "We're very busy. Please try again in a few seconds.",
        AuthError::Unavailable => {
            "Sorry, something's down on our side. Please try again in a moment."
        }
        AuthError::Unexpected => "Something went wrong. Please try again.",
    };
    text.into()
}

/// "4 seconds", "2 minutes". Rounded up.
fn time(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        _ => ((seconds + 59) / 60, "minute"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Call once, in `App`. A server that was started with other texts keeps them.
pub fn provide_texts(texts: Texts) {
    if use_context::<Texts>().is_none() {
        provide_context(texts);
    }
}

/// The text of a message, in the texts of this app.
pub fn message_text(message: Message<'_>) -> Text {
    use_context::<Texts>().unwrap_or(english)(message)
}

/// The text of an error. A shorthand of [`message_text`].
pub fn error_text(error: &Error) -> String {
    message_text(Message::Error(error)).text.into_owned()
}

/// The text of a button or link of the core. A shorthand of [`message_text`].
pub fn label_text(label: Label) -> String {
    message_text(Message::Label(label)).text.into_owned()
}
