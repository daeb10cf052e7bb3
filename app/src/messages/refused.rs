//! Yours. What the page of a refused request says, in English. On the server only: no browser downloads these texts.

use super::{Phrase, text};
use crate::auth::forms::messages::{Label, Message};
use crate::security::refusals::{Refusal, WayOn};

/// What happened, and what to do. The first sentence of a code's text is the heading.
pub fn heading_and_hint(refusal: &Refusal) -> (String, String) {
    let text = match refusal.status {
        405 => "This address can't be opened like that.".into(),
        408 => "That took too long to arrive. Check your connection, and try again.".into(),
        _ => text(Phrase::Core(Message::Error(&refusal.error))),
    };
    let (heading, hint) = match text.split_once(". ") {
        Some((heading, hint)) => (format!("{heading}."), hint),
        None => (text.clone().into_owned(), what_to_do(refusal)),
    };
    let hint = match refusal.way_on {
        WayOn::Back(_) => format!("{hint} Your browser's Back button keeps what you typed."),
        _ => hint.to_owned(),
    };
    (heading, hint)
}

/// Where the text of the code does not say it.
const fn what_to_do(refusal: &Refusal) -> &'static str {
    match (&refusal.way_on, refusal.status) {
        (WayOn::Back(_), 413) => "Go back, and send less.",
        (WayOn::Back(_), _) => "Go back, and try again.",
        (WayOn::Again(_), _) => "Please try again in a moment.",
        (WayOn::Home, 404) => "Check the address, or start from the home page.",
        (WayOn::Home, _) => "Start from the home page.",
    }
}

/// The text and the address of the link.
pub fn link(way_on: &WayOn) -> (String, String) {
    let (phrase, path) = match way_on {
        WayOn::Back(path) => return ("Go back".into(), path.clone()),
        WayOn::Again(path) => (Phrase::Core(Message::Label(Label::TryAgain)), &**path),
        WayOn::Home => (Phrase::BackHome, "/"),
    };
    (text(phrase).into_owned(), path.to_owned())
}

/// Stands before the request's id.
pub const fn number() -> &'static str {
    "If you ask us for help, send us this number:"
}
