//! Yours. What your app says to people: the texts of its own codes, and any that replace the core's.

use crate::auth::config::NAME_MAX;
use crate::auth::forms::messages::{self, Message, Text};
use crate::error::{AppError, AppNotice, Error, Notice};

/// Another language is a function like this one.
pub fn english(message: Message<'_>) -> Text {
    match message {
        Message::Error(Error::App(error)) => Text::error(match error {
            AppError::InvalidName => format!("Enter a name of 1 to {NAME_MAX} characters."),
        }),
        Message::Notice(Notice::App(notice)) => Text::notice(match notice {
            AppNotice::SignedUp => {
                "Welcome! If this address was not in use yet, your account is ready. \
                 Log in with your password."
            }
            AppNotice::PasswordChanged => {
                "Your password is changed. Every other device is logged out."
            }
            AppNotice::SessionEnded => "Logged out there.",
            AppNotice::TokenRevoked => "The token is revoked.",
        }),
        of_the_core => messages::english(of_the_core),
    }
}
