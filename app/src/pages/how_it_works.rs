//! Yours. The way of a request in twelve steps. The page does not ask for the user, so it costs no query, whatever cookies come.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::QuietNavigation;

/// The parts, in the order in which a request meets them.
const STEPS: [(&str, &str); 12] = [
    (
        "Visit the log-in page",
        "The form is a plain POST form. It works before any code has arrived.",
    ),
    (
        "Submit it",
        "To /api/login: by the browser itself, or by the hydrated page. The answer is the same.",
    ),
    (
        "Check the credentials",
        "argon2id. A wrong password and an unknown address cost the same and get the same text.",
    ),
    (
        "login_user",
        "The login manager begins a new session and ends the one that came with the request.",
    ),
    (
        "Sign the session's cookie",
        "A random token under a signature. The database keeps only its hash.",
    ),
    (
        "Redirect",
        "303, to where the visitor wanted to go: a page of this site, or home.",
    ),
    (
        "The cookie comes back",
        "Its signature is checked. No query so far, and none at all if it does not hold.",
    ),
    (
        "The page begins to render",
        "On the server. No user has been loaded yet.",
    ),
    (
        "current_user appears for the first time",
        "In the header, in a page, or in the guard before both.",
    ),
    (
        "Is there a session?",
        "No: a guest, at once, without a query. Yes: ask the user loader.",
    ),
    (
        "The query",
        "One, joining session and user. Everybody else in this request shares its answer.",
    ),
    (
        "The page with the user",
        "Right on the first byte. The browser starts from the same value and asks nothing.",
    ),
];

#[component]
pub fn HowItWorksPage() -> impl IntoView {
    let step = |(title, text): (&'static str, &'static str)| {
        view! {
            <li>
                <h2>{title}</h2>
                <p>{text}</p>
            </li>
        }
    };
    view! {
        <Title text="How it works · Latchkey"/>
        <QuietNavigation/>
        <main id="main" tabindex="-1">
            <article class="prose">
                <h1>"How it works"</h1>
                <p class="lead">"One log in, from the first click to the page that knows you."</p>
                <ol class="steps">{STEPS.map(step)}</ol>
                <p>
                    "This page does not ask who you are, so nothing was loaded for it. "
                    <a href="/">"The home page"</a> " does."
                </p>
            </article>
        </main>
    }
}
