//! Core. What the core says to visitors: the text of each code, notice and label, in the language of the page. The texts are in
//! `auth/texts/`, and any that replace them in `app/src/messages/`. Called while rendering, on both sides.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::auth::error::AuthError;
use crate::error::{Error, Notice};
use crate::language::{Key, counted, filled, find};

/// What is to be said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Message<'a> {
    Error(&'a Error),
    Notice(&'a Notice),
    Label(Label),
}

/// The buttons and links of the core.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
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

/// The texts for all messages.
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

/// The texts in the files: the name of a text is the code.
pub fn from_files(message: Message<'_>) -> Text {
    match message {
        Message::Error(Error::Auth(error)) => Text::error(of_error(*error)),
        Message::Error(Error::App(error)) => Text::error(find("errors", Key::Name(error.into()))),
        Message::Notice(Notice::Auth(notice)) => {
            Text::notice(find("notices", Key::Name(notice.into())))
        }
        Message::Notice(Notice::App(notice)) => {
            Text::notice(find("notices", Key::Name(notice.into())))
        }
        Message::Label(label) => Text::label(find("labels", Key::Name(label.into()))),
    }
}

fn of_error(error: AuthError) -> Cow<'static, str> {
    let text = find("errors", Key::Name(error.into()));
    match error {
        AuthError::TryAgainIn(seconds) => filled(&text, &[("time", &time(seconds))]).into(),
        _ => text,
    }
}

/// "4 seconds", "2 minutes". Rounded up.
fn time(seconds: i64) -> String {
    match seconds {
        ..60 => counted("times", Key::Name("seconds"), seconds),
        _ => counted("times", Key::Name("minutes"), (seconds + 59) / 60),
    }
}

/// Call once, in `App`. A server that was started with other texts keeps them.
pub fn provide_texts(texts: Texts) {
    if use_context::<Texts>().is_none() {
        provide_context(texts);
    }
}

/// The text of a message, in the texts of this app.
pub fn message_text(message: Message<'_>) -> Text {
    use_context::<Texts>().unwrap_or(from_files)(message)
}

/// The text of an error. A shorthand of [`message_text`].
pub fn error_text(error: &Error) -> String {
    message_text(Message::Error(error)).text.into_owned()
}

/// The text of a button or link of the core. A shorthand of [`message_text`].
pub fn label_text(label: Label) -> String {
    message_text(Message::Label(label)).text.into_owned()
}
