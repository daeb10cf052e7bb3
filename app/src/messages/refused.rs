//! Yours. What the page of a refused request says. On the server only: no browser downloads these texts.

use std::borrow::Cow;

use super::{Phrase, TEXTS, server_text, text};
use crate::auth::forms::messages::{Label, Message};
use crate::security::refusals::{Refusal, WayOn};

/// What happened, and what to do. The first sentence of a code's text is the heading.
pub fn heading_and_hint(refusal: &Refusal) -> (String, String) {
    let text = match refusal.status {
        405 => server_text("refused_method"),
        408 => server_text("refused_slow"),
        _ => TEXTS(Message::Error(&refusal.error)).text,
    };
    let (heading, hint) = match text.split_once(". ") {
        Some((heading, hint)) => (format!("{heading}."), hint.to_owned().into()),
        None => (text.clone().into_owned(), what_to_do(refusal)),
    };
    let hint = match refusal.way_on {
        WayOn::Back(_) => format!("{hint} {}", server_text("refused_back_button")),
        _ => hint.into_owned(),
    };
    (heading, hint)
}

/// Where the text of the code does not say it.
fn what_to_do(refusal: &Refusal) -> Cow<'static, str> {
    match (&refusal.way_on, refusal.status) {
        (WayOn::Back(_), 413) => server_text("refused_send_less"),
        (WayOn::Back(_), _) => server_text("refused_try_again"),
        (WayOn::Again(_), _) => server_text("refused_wait"),
        (WayOn::Home, 404) => text(Phrase::PageNotFoundHint),
        (WayOn::Home, _) => server_text("refused_start_home"),
    }
}

/// The text and the address of the link.
pub fn link(way_on: &WayOn) -> (String, String) {
    match way_on {
        WayOn::Back(path) => (server_text("refused_go_back").into_owned(), path.clone()),
        WayOn::Again(path) => {
            let again = TEXTS(Message::Label(Label::TryAgain)).text;
            (again.into_owned(), path.clone())
        }
        WayOn::Home => (text(Phrase::BackHome).into_owned(), "/".to_owned()),
    }
}

/// Stands before the request's id.
pub fn number() -> Cow<'static, str> {
    server_text("refused_number")
}
