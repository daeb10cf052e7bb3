//! Yours. What lies over a page: dialogs and menus. Here they are open, each in its place.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;
use crate::erased::{Erased, IntoErased};

pub fn dialogs() -> Part {
    let password = view! {
        <div class="stage">
            <dialog open=true aria-labelledby="guide-confirm">
                <h2 id="guide-confirm">"Confirm your password"</h2>
                <p>"Why it is asked for."</p>
                <div class="field">
                    <label for="guide-confirm-password">"Current password"</label>
                    <div class="input">
                        <input id="guide-confirm-password" type="password" autocomplete="current-password"/>
                    </div>
                </div>
                <div class="actions">
                    <button type="button">"Confirm"</button>
                    <button type="button" class="quiet">"Cancel"</button>
                </div>
            </dialog>
        </div>
    };
    let question = view! {
        <div class="stage">
            <dialog open=true aria-labelledby="guide-question">
                <p id="guide-question">"Revoke the token “CI”? Scripts that use it stop working."</p>
                <div class="actions">
                    <button type="button" class="quiet">"Cancel"</button>
                    <button type="button" class="danger">"Revoke"</button>
                </div>
            </dialog>
        </div>
    };
    let button = view! {
        <button type="button" class="danger quiet" popovertarget="guide-ask">"Delete"</button>
        <dialog id="guide-ask" popover="auto" aria-labelledby="guide-ask-question">
            <p id="guide-ask-question">"Delete this note?"</p>
            <div class="actions">
                <button type="button" class="quiet" popovertarget="guide-ask" popovertargetaction="hide">"Cancel"</button>
                <button type="button" class="danger">"Delete"</button>
            </div>
        </dialog>
    };
    Part {
        id: "dialogs",
        heading: "Dialogs",
        examples: vec![
            example(
                "A question with a field",
                "dialog .actions · <ConfirmDialog/>",
                password,
            ),
            example(
                "A question before what cannot be undone",
                "dialog .actions",
                question,
            ),
            example(
                "A button that opens it",
                ".danger .quiet popovertarget · <AskFirst/>",
                button,
            ),
        ],
    }
}

pub fn menus() -> Part {
    let segment = |picture, name: &'static str, chosen: bool| view! { <button type="button" aria-pressed=chosen.to_string()>{icon(picture)} {name}</button> };
    let segments = view! {
        <p class="actions">
            <span class="segments" role="group" aria-label="Example of a theme">
                {segment("system", "System", true)}
                {segment("sun", "Light", false)}
                {segment("moon", "Dark", false)}
            </span>
        </p>
    };
    Part {
        id: "menus",
        heading: "Menus and segments",
        examples: vec![
            example(
                "An open menu",
                ".menu .avatar .name .wide · <Navigation/>",
                menu(true),
            ),
            example("A closed menu", ".menu", menu(false)),
            example("One of a few is pressed", ".segments", segments),
        ],
    }
}

fn menu(open: bool) -> Erased {
    view! {
        <div class="stage">
            <details class="menu" open=open>
                <summary>
                    <span class="avatar" aria-hidden="true">"al"</span>
                    <span class="name wide">"Ada Lovelace"</span>
                    {icon("down")}
                </summary>
                <div>
                    <p><strong>"Ada Lovelace"</strong><br/><span class="hint">"ada@example.com"</span></p>
                    <hr/>
                    <a href="#menus">{icon("settings")} "Settings"</a>
                    <button type="button" class="plain">{icon("logout")} "Log out"</button>
                </div>
            </details>
        </div>
    }
    .erased()
}
