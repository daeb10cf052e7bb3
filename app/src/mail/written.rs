//! Yours. What a letter says, and how it looks: text and HTML of one source. The texts are in `texts/`, by the letter's name.
//!
//! A letter has one link, tells what happened, when and from where, and what to do if it was not the reader. It holds nothing that
//! another person chose, such as a name: a sign-up with a text for a name would send that text to any address.

use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_seconds;
use leptos::prelude::*;

use crate::auth::letters::{Cause, Letter, Says};
use crate::components::device;
use crate::document::lang_and_dir;
use crate::language::{Key, filled, find, say_in, spoken};
use crate::messages::SITE;
use crate::messages::languages::LANGUAGES;

/// A letter in the language that the visitor has chosen, or that of the request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What both forms of a letter are made of.
struct Parts {
    subject: String,
    text: String,
    /// The label and the address.
    button: Option<(String, String)>,
    /// What follows: how long the link works, who caused it, what to do.
    notes: Vec<String>,
    footer: String,
}

/// `site` is the origin of links, `https://example.com`.
pub fn written(letter: &Letter, site: &str) -> Written {
    let chosen = letter.cause.language.as_deref();
    let chosen = chosen.and_then(|code| LANGUAGES.named(code));
    let language = chosen.or_else(spoken).unwrap_or(&LANGUAGES.all()[0]);
    say_in(language, || written_now(letter, site))
}

fn written_now(letter: &Letter, site: &str) -> Written {
    let parts = parts(letter, site);
    Written {
        text: as_text(&parts),
        html: as_html(&parts),
        subject: parts.subject,
    }
}

fn parts(letter: &Letter, site: &str) -> Parts {
    let name = letter.says.name();
    let until = date(letter.expires_at);
    let values = [("site", SITE), ("until", until.get(..10).unwrap_or(&until))];
    let of = |part: &str| say(&format!("{name}_{part}"), &values);
    let path = match &letter.says {
        Says::FinishSignUp { link }
        | Says::Invitation { link }
        | Says::ResetPassword { link }
        | Says::ConfirmEmail { link }
        | Says::EmailChangeAsked { link }
        | Says::AccountClosed { link }
        | Says::Own { link, .. } => link,
        Says::Test | Says::AddressReserved | Says::EmailChanged | Says::AccountDeleted => "/",
        Says::AddressTaken | Says::AddressWanted | Says::AccountKept => "/login",
        Says::NewLogin => "/account/sessions",
        Says::AccessTokenCreated => "/account/tokens",
        Says::PasswordReset | Says::PasswordChanged | Says::EmailKept | Says::ManyAttempts => {
            "/forgot"
        }
    };
    Parts {
        subject: of("subject"),
        text: of("text"),
        button: Some((of("button"), format!("{site}{path}"))),
        notes: cause(&letter.cause)
            .into_iter()
            .chain([of("if_not_you")])
            .collect(),
        footer: say("footer", &[("site", SITE)]),
    }
}

/// `None`: no request has caused it.
fn cause(cause: &Cause) -> Option<String> {
    if cause.user_agent.is_empty() {
        return None;
    }
    let time = date(cause.at);
    // "2026-01-31 12:00"
    let time = time.get(..16).unwrap_or(&time).replace('T', " ");
    let device = device(&cause.user_agent);
    let values = [
        ("time", &*time),
        ("device", &*device),
        ("address", &*cause.address),
    ];
    let text = if cause.address.is_empty() {
        "cause"
    } else {
        "cause_from"
    };
    Some(say(text, &values))
}

/// "2026-01-31T12:00:00Z"
fn date(at: i64) -> String {
    let at = UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
    format_rfc3339_seconds(at).to_string()
}

fn say(name: &str, values: &[(&str, &str)]) -> String {
    filled(&find("mail", Key::Name(name)), values)
}

fn as_text(parts: &Parts) -> String {
    let mut lines = vec![parts.text.clone()];
    if let Some((label, address)) = &parts.button {
        lines.push(format!("{label}:\n{address}"));
    }
    lines.extend(parts.notes.clone());
    lines.push(format!("-- \n{}", parts.footer));
    lines.join("\n\n") + "\n"
}

/// Mail programs know no style sheets of a site, and few know more than these properties.
fn as_html(parts: &Parts) -> String {
    let (lang, dir) = lang_and_dir();
    let button = parts.button.clone().map(|(label, address)| {
        view! {
            <p style="margin: 24px 0">
                <a href=address style="display: inline-block; padding: 12px 20px; border-radius: 8px; background: #14532d; color: #ffffff; font-weight: 600; text-decoration: none">
                    {label}
                </a>
            </p>
        }
    });
    let notes = parts.notes.iter().map(|note| {
        view! { <p style="color: #57534e; font-size: 14px">{note.clone()}</p> }
    });
    let page = view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light"/>
                <title>{parts.subject.clone()}</title>
            </head>
            <body style="margin: 0; padding: 24px 16px; background: #faf7f0; color: #1c1917; font: 16px/1.5 system-ui, sans-serif">
                <main style="max-width: 32rem; margin: 0 auto">
                    <div style="padding: 24px; border: 1px solid #e7e0d2; border-radius: 12px; background: #ffffff">
                    <h1 style="margin: 0 0 16px; font-size: 20px">{parts.subject.clone()}</h1>
                    <p>{parts.text.clone()}</p>
                    {button}
                    {notes.collect_view()}
                </div>
                <p style="margin: 16px 0 0; color: #57534e; font-size: 13px">{parts.footer.clone()}</p>
                </main>
            </body>
        </html>
    };
    page.to_html()
}
