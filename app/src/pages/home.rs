//! Yours. The home page: what the site promises to a guest, and where a user begins.

use leptos::prelude::*;

use crate::auth::{CurrentUser, LoadError, still, use_current_user};
use crate::components::{FormMessage, HEADING, PageTitle, icon};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, server_text, text, text_with};

#[component]
pub fn HomePage() -> Erased {
    let current_user = use_current_user();

    view! {
        <PageTitle text=""/>
        <FormMessage/>
        {current_user.show(|user| match user {
            Ok(CurrentUser::User(user)) => view! { <Start name=user.name/> }.erased(),
            Ok(CurrentUser::Guest(_)) => view! { <Invitation/> }.erased(),
            Err(error) => view! { <LoadError error/> }.erased(),
        })}
    }
    .erased()
}

/// An empty page to begin with.
#[component]
fn Start(name: String) -> Erased {
    view! {
        <h1 id=HEADING class="page-head">{text_with(Phrase::WelcomeBack, &[("name", &name)])}</h1>
        <section class="card empty">
            <span class="disc">{icon("box")}</span>
            <h2>{text(Phrase::NothingYet)}</h2>
            <p>{text(Phrase::NothingYetHint)}</p>
            <p class="actions">
                <a class="button" href="/account">{text(Phrase::YourAccount)}</a>
            </p>
        </section>
    }
    .erased()
}

#[component]
fn Invitation() -> Erased {
    view! {
        <section class="hero">
            <div>
                <h1 id=HEADING>{text(Phrase::Pitch)}</h1>
                <p class="lead">{text(Phrase::Description)}</p>
                <p class="actions">
                    <a class="button" href="/signup">{text(Phrase::CreateAccount)}</a>
                    <a class="button quiet" href="/login">{text(Phrase::LogIn)}</a>
                </p>
            </div>
            {still("promises", || view! { {picture()} {promises()} }.erased())}
        </section>
    }
    .erased()
}

/// The product, drawn: it has the colours of the page, and no file is loaded for it.
fn picture() -> Erased {
    let device = |(picture, name, seen, class)| {
        let button = (class != "badge")
            .then(|| view! { <span class="button quiet">{server_text("picture_log_out")}</span> });
        view! {
            <li>
                <span class="disc">{icon(picture)}</span>
                <div>
                    <p class="line">
                        <strong>{server_text(name)}</strong>
                        <span class=class>{server_text(seen)}</span>
                    </p>
                </div>
                {button}
            </li>
        }
    };
    let devices = [
        ("laptop", "picture_laptop", "picture_laptop_seen", "badge"),
        ("laptop", "picture_mac", "picture_mac_seen", "hint"),
        ("phone", "picture_phone", "picture_phone_seen", "hint"),
    ];
    view! {
        <div class="picture" role="img" aria-label=server_text("picture")>
            <div class="card">
                <div class="card-head">
                    <strong>{server_text("picture_devices")}</strong>
                    <span class="badge">{server_text("picture_count")}</span>
                </div>
                <ul class="rows">{devices.map(device).into_iter().collect_view()}</ul>
            </div>
            <div class="message notice">
                {icon("success")}
                <p>{server_text("picture_logged_out")}</p>
            </div>
        </div>
    }
    .erased()
}

fn promises() -> Erased {
    let promise = |(picture, title, how)| {
        view! { <li>{icon(picture)}<h2>{server_text(title)}</h2><p>{server_text(how)}</p></li> }
    };
    let promises = [
        ("bolt", "promise_first_byte", "promise_first_byte_how"),
        ("form", "promise_forms", "promise_forms_how"),
        ("devices", "promise_sessions", "promise_sessions_how"),
    ];
    view! { <ul class="promises">{promises.map(promise).into_iter().collect_view()}</ul> }.erased()
}
