//! Yours. Cards, what lies on them, and small marks.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;

pub fn cards() -> Part {
    let plain = view! {
        <section class="card">
            <h2>"A title"</h2>
            <p class="hint">"What this card is for."</p>
            <p class="actions">
                <button type="button">"Save"</button>
                <button type="button" class="quiet">"Cancel"</button>
            </p>
        </section>
        <section class="card"><p>"Another card keeps a distance."</p></section>
    };
    let head = view! {
        <section class="card">
            <div class="card-head">
                <div>
                    <h2>"A title"</h2>
                    <p class="hint">"A sentence about all of it."</p>
                </div>
                <button type="button" class="quiet">"Export all"</button>
            </div>
            <dl class="facts">
                <dt>"Name"</dt>
                <dd>"Ada Lovelace"</dd>
                <dt>"Email"</dt>
                <dd>"ada.lovelace@mail.example.com"</dd>
            </dl>
        </section>
    };
    let danger = view! {
        <section class="card danger-zone">
            <h2>"Delete the account"</h2>
            <p class="hint">"What is lost, and that it cannot be undone."</p>
            <p class="actions"><a class="button danger quiet" href="#cards">"Delete your account"</a></p>
        </section>
    };
    let tile = |picture, name, text| {
        view! {
            <li>
                <a href="#cards">
                    <span class="disc">{icon(picture)}</span>
                    <span><strong>{name}</strong><span class="hint">{text}</span></span>
                </a>
            </li>
        }
    };
    let tiles = view! {
        <ul class="tiles">
            {tile("user", "Profile", "Name and address")}
            {tile("lock", "Password", "Change it")}
            {tile("key", "Access tokens", "For scripts")}
        </ul>
    };
    Part {
        id: "cards",
        heading: "Cards",
        examples: vec![
            example("A card", ".card .actions", plain),
            example(
                "With a head, and names with their values",
                ".card-head .facts",
                head,
            ),
            example("A danger zone", ".danger-zone", danger),
            example("Ways on, each a link", ".tiles .disc .hint", tiles),
        ],
    }
}

pub fn badges() -> Part {
    let badges = view! {
        <p class="actions">
            <span class="badge">"Active"</span>
            <span class="badge warn">"Expires soon"</span>
            <span class="badge bad">"Expired"</span>
        </p>
    };
    let marks = view! {
        <p class="actions">
            <span class="disc">{icon("laptop")}</span>
            <span class="avatar" aria-hidden="true">"al"</span>
        </p>
    };
    Part {
        id: "badges",
        heading: "Badges and marks",
        examples: vec![
            example("Badges", ".badge .warn .bad", badges),
            example(
                "An icon on a disc, a user's initials",
                ".disc .avatar",
                marks,
            ),
        ],
    }
}
