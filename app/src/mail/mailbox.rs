//! Yours. The mailbox of a development build, `/dev/mailbox`: the mails that were written into a folder in place of being sent. A
//! release does not have it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use axum::extract::{Path as UrlPath, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Router, http::header};
use humantime::format_rfc3339_seconds;
use leptos::prelude::*;
use mail_parser::{Message, MessageParser};

use super::written::written;
use crate::auth::letters::{Cause, Letter, Says};
use crate::auth::{AuthError, AuthSession, is_id};
use crate::built_files::BuiltFiles;
use crate::components::{Footer, HEADING, QuietNavigation};
use crate::document::{Look, lang_and_dir};
use crate::error::Error;
use crate::messages::title;
use crate::pages::preferences::apply_preferences;

pub const MAILBOX: &str = "/dev/mailbox";

/// That of a page without a program. Its forms are those of the theme and of the mailbox.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// That of the HTML of a mail, which has styles in its elements.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

type Page = ([(HeaderName, &'static str); 2], Html<String>);

/// The routes. Everyone who reaches the server may open them.
pub fn mailbox() -> Router<LeptosOptions> {
    Router::new()
        .route(MAILBOX, get(list))
        .route("/dev/mailbox/clear", post(clear))
        .route("/dev/mailbox/samples", get(samples))
        .route("/dev/mailbox/samples/{kind}", get(sample))
        .route("/dev/mailbox/{id}", get(one))
        .route("/dev/mailbox/{id}/html", get(html))
}

/// A mail in the folder.
struct Received {
    id: String,
    at: SystemTime,
    content: Vec<u8>,
}

impl Received {
    fn parsed(&self) -> Message<'_> {
        MessageParser::default()
            .parse(&self.content)
            .unwrap_or_default()
    }
}

async fn list(State(options): State<LeptosOptions>, auth: AuthSession) -> Result<Page, Error> {
    let mut mails = received(folder(&auth)?);
    mails.sort_by_key(|mail| std::cmp::Reverse(mail.at));
    let rows = mails.iter().map(|mail| {
        let message = mail.parsed();
        let subject = message.subject().unwrap_or_default().to_owned();
        view! {
            <li>
                <div>
                    <p class="line">
                        <a href=format!("{MAILBOX}/{}", mail.id)><strong>{subject}</strong></a>
                        <span class="hint">{time(mail.at)}</span>
                    </p>
                    <p class="hint">{recipient(&message)}</p>
                </div>
            </li>
        }
    });
    let rows = rows.collect_view();
    let content = if mails.is_empty() {
        view! { <section class="card empty"><h2>"No mail yet"</h2><p>"Sign up, or ask for a new password. " <a href="/dev/mailbox/samples">"Sample mails"</a></p></section> }.into_any()
    } else {
        view! {
            <section class="card">
                <ul class="rows">{rows}</ul>
                <p class="actions"><a class="button quiet" href="/dev/mailbox/samples">"Sample mails"</a></p>
                <form method="post" action="/dev/mailbox/clear">
                    <button class="quiet">"Delete all"</button>
                </form>
            </section>
        }
        .into_any()
    };
    page(&options, &auth, "Mailbox", content)
}

async fn one(
    State(options): State<LeptosOptions>,
    UrlPath(id): UrlPath<String>,
    auth: AuthSession,
) -> Result<Page, Error> {
    let mail = read(folder(&auth)?, &id)?;
    let message = mail.parsed();
    let text = message.body_text(0).unwrap_or_default().into_owned();
    // A line that is an address of this site is a link.
    let lines = text.lines().map(|line| {
        if line.starts_with("http") {
            view! { <a href=line.to_owned()>{line.to_owned()}</a> "\n" }.into_any()
        } else {
            format!("{line}\n").into_any()
        }
    });
    let lines = lines.collect_view();
    let content = view! {
        <section class="card">
            <dl class="facts">
                <dt>"To"</dt>
                <dd>{recipient(&message)}</dd>
                <dt>"Sent"</dt>
                <dd>{time(mail.at)}</dd>
            </dl>
            <p class="actions">
                <a class="button quiet small" href=format!("{MAILBOX}/{id}/html")>"As HTML"</a>
                <a class="button quiet small" href=MAILBOX>"All mails"</a>
            </p>
            <pre>{lines}</pre>
        </section>
    };
    let subject = message.subject().unwrap_or_default().to_owned();
    page(&options, &auth, &subject, content.into_any())
}

async fn html(UrlPath(id): UrlPath<String>, auth: AuthSession) -> Result<Page, Error> {
    let mail = read(folder(&auth)?, &id)?;
    let html = mail.parsed().body_html(0).unwrap_or_default().into_owned();
    Ok((headers(MAIL_POLICY), Html(html)))
}

async fn clear(auth: AuthSession) -> Result<Redirect, Error> {
    for mail in received(folder(&auth)?) {
        let _ = fs::remove_file(file(folder(&auth)?, &mail.id));
    }
    Ok(Redirect::to(MAILBOX))
}

/// Every mail, with made-up facts.
async fn samples(State(options): State<LeptosOptions>, auth: AuthSession) -> Result<Page, Error> {
    let rows = Says::samples().into_iter().map(|says| {
        let kind = says.name();
        let subject = written(&letter(says), "https://example.com").subject;
        view! {
            <li>
                <div>
                    <p class="line">
                        <a href=format!("{MAILBOX}/samples/{kind}")><strong>{subject}</strong></a>
                        <span class="hint">{kind}</span>
                    </p>
                </div>
            </li>
        }
    });
    let rows = rows.collect_view();
    let content = view! { <section class="card"><ul class="rows">{rows}</ul></section> };
    page(&options, &auth, "Sample mails", content.into_any())
}

async fn sample(UrlPath(kind): UrlPath<String>) -> Result<Page, Error> {
    let named = |says: &Says| kind == says.name();
    let says = Says::samples().into_iter().find(named);
    let says = says.ok_or(AuthError::NotFound)?;
    let html = written(&letter(says), "https://example.com").html;
    Ok((headers(MAIL_POLICY), Html(html)))
}

fn letter(says: Says) -> Letter {
    Letter {
        to: "ada@example.com".into(),
        is_sent: true,
        says,
        cause: Cause {
            at: 1_767_225_600,
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                .into(),
            address: "203.0.113.7".into(),
            language: None,
        },
        expires_at: 0,
    }
}

fn folder(auth: &AuthSession) -> Result<&Path, AuthError> {
    let post = auth.options().post.as_ref();
    post.and_then(|post| post.folder())
        .ok_or(AuthError::NotFound)
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.eml"))
}

fn received(folder: &Path) -> Vec<Received> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let ids = files.filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        Some(name.strip_suffix(".eml")?.to_owned())
    });
    ids.filter_map(|id| read(folder, &id).ok()).collect()
}

fn read(folder: &Path, id: &str) -> Result<Received, AuthError> {
    let is_name = is_id(id) && !id.contains(['/', '.', '\\']);
    let path = is_name
        .then(|| file(folder, id))
        .ok_or(AuthError::NotFound)?;
    let content = fs::read(&path).ok();
    // One that is being written is empty.
    let content = content.filter(|content| !content.is_empty());
    let content = content.ok_or(AuthError::NotFound)?;
    let at = fs::metadata(&path).and_then(|file| file.modified());
    Ok(Received {
        id: id.to_owned(),
        at: at.unwrap_or(SystemTime::UNIX_EPOCH),
        content,
    })
}

fn recipient(message: &Message<'_>) -> String {
    let first = message.to().and_then(|to| to.first());
    let address = first.and_then(|first| first.address());
    address.unwrap_or_default().to_owned()
}

fn time(at: SystemTime) -> String {
    format_rfc3339_seconds(at).to_string().replace('T', " ")
}

const fn headers(policy: &'static str) -> [(HeaderName, &'static str); 2] {
    [
        (CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

fn page(
    options: &LeptosOptions,
    auth: &AuthSession,
    heading: &str,
    content: AnyView,
) -> Result<Page, Error> {
    let files = BuiltFiles::find(options).map_err(|error| {
        tracing::error!(%error, "the mailbox has no style sheet");
        AuthError::Unexpected
    })?;
    // The footer reads the theme from the context.
    let html = Owner::new().with(|| document(files, auth, heading, content).to_html());
    Ok((headers(POLICY), Html(html)))
}

fn document(
    files: BuiltFiles,
    auth: &AuthSession,
    heading: &str,
    content: AnyView,
) -> impl IntoView + use<> {
    let theme = apply_preferences(auth);
    let (lang, dir) = lang_and_dir();
    view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir data-theme=theme.name()>
            <head>
                <Look files/>
                <title>{title(heading.to_owned())}</title>
            </head>
            <body>
                <QuietNavigation/>
                <main id="main" tabindex="-1" lang="en" aria-labelledby=HEADING>
                    <h1 id=HEADING class="page-head">{heading.to_owned()}</h1>
                    {content}
                </main>
                <Footer/>
            </body>
        </html>
    }
}
