//! Yours. What the site says, and what it shows while it works.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;

pub fn messages() -> Part {
    let message =
        |class, picture, text| view! { <div class=class>{icon(picture)}<p>{text}</p></div> };
    let kinds = view! {
        {message("message notice", "success", "A notice: the password has been changed.")}
        {message("message notice", "info", "A notice: log in to continue.")}
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
    let card = view! { <section class="card"></section> };
    let spinner = view! { <p class="actions"><span class="spinner"></span>"Searching"</p> };
    Part {
        id: "waiting",
        heading: "Waiting",
        examples: vec![
            example(
                "A card whose content is loaded, and the line at the top of the page",
                ".card",
                card,
            ),
            example("A spinner", ".spinner", spinner),
        ],
    }
}
