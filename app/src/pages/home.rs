//! Yours. The home page: what the site promises to a guest, and where a user begins.

use leptos::prelude::*;

use crate::auth::{CurrentUser, LoadError, still, use_current_user};
use crate::components::{FormMessage, HEADING, PageTitle, icon};
use crate::erased::{Erased, IntoErased};
use crate::messages::still as texts;
use crate::messages::{Phrase, text};

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
        <h1 id=HEADING class="page-head">{text(Phrase::WelcomeBack(&name)).into_owned()}</h1>
        <section class="card empty">
            <span class="disc">{icon("box")}</span>
            <h2>{text(Phrase::NothingYet)}</h2>
            <p>{text(Phrase::NothingYetHint)}</p>
            <p class="actions">
                <a class="button" href="/account">{text(Phrase::YourAccount)}</a>
                <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
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
                <p class="lead">{text(Phrase::Lead)}</p>
                <p class="actions">
                    <a class="button" href="/signup">{text(Phrase::CreateAccount)}</a>
                    <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
                </p>
            </div>
            {still("promises", || view! { {picture()} {promises()} }.erased())}
        </section>
    }
    .erased()
}

/// The product, drawn: it has the colours of the page, and no file is loaded for it.
fn picture() -> Erased {
    let device = |(at, (picture, name, seen))| {
        let (class, button) = if at == 0 {
            ("badge", None)
        } else {
            (
                "hint",
                Some(view! { <span class="button quiet">{texts::LOG_OUT}</span> }),
            )
        };
        view! {
            <li>
                <span class="disc">{icon(picture)}</span>
                <div><p class="line"><strong>{name}</strong><span class=class>{seen}</span></p></div>
                {button}
            </li>
        }
    };
    let devices = texts::DEVICE_LIST.into_iter().enumerate().map(device);
    view! {
        <div class="picture" role="img" aria-label=texts::PICTURE>
            <div class="card">
                <div class="card-head"><strong>{texts::DEVICES}</strong><span class="badge">{texts::DEVICE_COUNT}</span></div>
                <ul class="rows">{devices.collect_view()}</ul>
            </div>
            <div class="message notice">{icon("success")}<p>{texts::DEVICE_LOGGED_OUT}</p></div>
        </div>
    }
    .erased()
}

fn promises() -> Erased {
    let promise =
        |(picture, title, text)| view! { <li>{icon(picture)}<h2>{title}</h2><p>{text}</p></li> };
    view! { <ul class="promises">{texts::PROMISES.map(promise).into_iter().collect_view()}</ul> }
        .erased()
}
