//! Yours. What the site says, and what it shows while it works.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;

pub fn messages() -> Part {
    let message =
        |class, picture, text| view! { <div class=class>{icon(picture)}<p>{text}</p></div> };
    let kinds = view! {
        {message("message notice", "success", "A notice: the password has been changed.")}
        {message("message notice", "info", "A notice: log in to go on.")}
        {message("message", "info", "A warning: nothing has been changed yet.")}
        {message("message error", "error", "An error: the address or the password is wrong.")}
    };
    let secret = view! {
        <p class="secret">
            <code class="token">"lk_0000000000000000000000000000000000000000000"</code>
            <button type="button" class="quiet">{icon("copy")} "Copy"</button>
        </p>
    };
    Part {
        id: "messages",
        heading: "Messages",
        examples: vec![
            example(
                "Each kind",
                ".message .notice .error · <FormMessage/>",
                kinds,
            ),
            example("A secret that is shown once", ".secret .token", secret),
        ],
    }
}

pub fn waiting() -> Part {
    let row = || {
        view! {
            <li class="skeleton">
                <span></span>
                <div><span></span><span></span></div>
            </li>
        }
    };
    let skeleton =
        view! { <div class="card"><ul class="rows" aria-hidden="true">{row()}{row()}</ul></div> };
    let spinner = view! { <p class="actions"><span class="spinner"></span>"Searching"</p> };
    let progress = view! {
        <div class="stage">
            <div class="loading"><progress value="0.6" max="1" aria-label="Loading"></progress></div>
            <p class="aside">"At the top of the window."</p>
        </div>
    };
    Part {
        id: "waiting",
        heading: "Waiting",
        examples: vec![
            example("Where a list will be", ".skeleton", skeleton),
            example("A spinner", ".spinner", spinner),
            example("While the next page loads", ".loading", progress),
        ],
    }
}
