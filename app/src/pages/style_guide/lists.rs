//! Yours. Lists, tables, and what stands in their place when they are empty.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;
use crate::components::rows as list;

pub fn rows() -> Part {
    let devices = [
        ("laptop", "Firefox on Linux", "badge", "This device"),
        ("phone", "Safari on an iPhone", "hint", "Seen 2 hours ago"),
        ("terminal", "curl", "badge warn", "Expires soon"),
    ];
    let row = |(picture, name, class, seen)| {
        view! {
            <span class="disc">{icon(picture)}</span>
            <div>
                <p class="line"><strong>{name}</strong><span class=class>{seen}</span></p>
                <p class="hint">"Logged in 3 days ago"</p>
            </div>
            <button type="button" class="quiet">"Log out"</button>
        }
    };
    let devices = view! {
        <section class="card">
            <div class="card-head"><h2>"Devices"</h2><span class="badge">"3"</span></div>
            {list(devices, "", row)}
        </section>
    };
    let names = ["Milk", "Bread"];
    let plain = list(names, "", |name| view! { <div>{name}</div> });
    Part {
        id: "rows",
        heading: "Lists",
        examples: vec![
            example(
                "Rows of a card",
                ".card .rows .disc .line .hint · rows(..)",
                devices,
            ),
            example("Rows without a card", ".rows", plain),
        ],
    }
}

pub fn tables() -> Part {
    let row = |name, kind, size| view! { <tr><td>{name}</td><td>{kind}</td><td class="number">{size}</td></tr> };
    // Wider than a phone: it scrolls, also by the keyboard.
    let table = view! {
        <section class="card">
            <div class="table" role="region" aria-label="Files" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Kind"</th>
                            <th scope="col" class="number">"Size"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {row("report.pdf", "Document", "1,204 kB")}
                        {row("photo.webp", "Picture", "98 kB")}
                        {row("notes.txt", "Text", "3 kB")}
                    </tbody>
                </table>
            </div>
        </section>
    };
    Part {
        id: "tables",
        heading: "Tables",
        examples: vec![example("A table", ".table .number", table)],
    }
}

pub fn empty() -> Part {
    let begin = view! {
        <section class="card empty">
            <span class="disc">{icon("box")}</span>
            <h2>"Nothing here yet"</h2>
            <p>"What will be here, and what to do first."</p>
            <p class="actions"><a class="button" href="#empty">"Write the first note"</a></p>
        </section>
    };
    let none = Vec::<&'static str>::new();
    let short = view! { <section class="card">{list(none, "You have no access tokens.", |name| name)}</section> };
    Part {
        id: "empty",
        heading: "Empty states",
        examples: vec![
            example("A page to begin with", ".card .empty .disc", begin),
            example("A list without rows", ".aside · rows(..)", short),
        ],
    }
}
