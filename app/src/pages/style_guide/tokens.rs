//! Yours. What `style/tokens.css` and `style/public/icons.svg` have, read as the page is opened: the list is always complete.

use std::fs;

use leptos::attr::href;
use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;
use crate::erased::{Erased, IntoErased};

/// The beginning of a value that is a colour, and of one that is a length.
const COLOUR: [&str; 4] = ["light-dark(", "#", "oklch(", "rgb("];
const LENGTH: [&str; 5] = ["calc(", "min(", "max(", "clamp(", "var("];

/// A file of `style/`. Nothing on a machine that has the program and not its source.
fn style(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../style");
    fs::read_to_string(format!("{folder}/{file}")).unwrap_or_default()
}

/// The name and the value of each token of a kind.
fn tokens(is_kind: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let css = style("tokens.css");
    let tokens = css.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_suffix(';')?.split_once(": ")?;
        let is_token = name.starts_with("--") && is_kind(value);
        is_token.then(|| (name.to_owned(), value.to_owned()))
    });
    tokens.collect()
}

fn begins(value: &str, with: &[&str]) -> bool {
    with.iter().any(|start| value.starts_with(start))
}

fn is_colour(value: &str) -> bool {
    begins(value, &COLOUR)
}

/// Not a shadow, which has lengths and a colour.
fn is_length(value: &str) -> bool {
    let is_number = value.starts_with(|first: char| first.is_ascii_digit());
    (is_number || begins(value, &LENGTH)) && !value.contains("rgb(")
}

/// `picture` draws a token by its name. It is an SVG: its attributes take a token, where the policy forbids a `style`.
fn swatches(tokens: Vec<(String, String)>, picture: impl Fn(String) -> Erased) -> Erased {
    let swatch = |(name, value): (String, String)| {
        let picture = picture(format!("var({name})"));
        view! { <li>{picture}<code>{name}</code><p class="hint">{value}</p></li> }
    };
    view! { <ul class="swatches">{tokens.into_iter().map(swatch).collect_view()}</ul> }.erased()
}

pub fn colours() -> Part {
    let picture = |colour| {
        view! { <svg aria-hidden="true"><rect width="100%" height="100%" fill=colour/></svg> }
            .erased()
    };
    let swatches = swatches(tokens(is_colour), picture);
    Part {
        id: "colours",
        heading: "Colours",
        examples: vec![example("Every colour of the theme", "var(--key)", swatches)],
    }
}

pub fn lengths() -> Part {
    // One dash, as long as the token.
    let picture = |length| {
        view! {
            <svg aria-hidden="true">
                <line
                    x1="0" y1="50%" x2="100%" y2="50%"
                    stroke="var(--key)" stroke-width="100%" stroke-dasharray=format!("{length} 9999")
                />
            </svg>
        }
        .erased()
    };
    let corners = view! {
        <div class="swatches">
            <code class="token">"--radius"</code>
            <div class="card"><code>"--radius × 1.5"</code></div>
        </div>
    };
    Part {
        id: "lengths",
        heading: "Room, type, corners",
        examples: vec![
            example(
                "Every length",
                "var(--s4)",
                swatches(tokens(is_length), picture),
            ),
            example("Corners", ".token .card", corners),
        ],
    }
}

pub fn text() -> Part {
    let headings = view! {
        <h1>"A heading of the first level"</h1>
        <h2>"A heading of the second level"</h2>
        <h3>"A heading of the third level"</h3>
    };
    let sizes = view! {
        <p class="lead">"What a page is about, in one or two sentences."</p>
        <p>"A text with " <strong>"a strong word"</strong> ", " <a href="#text">"a link"</a> " and " <code>"code"</code> "."</p>
        <p class="hint">"A text that explains another one."</p>
        <p class="aside">"A sentence after what a page is for."</p>
    };
    let unseen = view! {
        <p>"A text " <span class="sr-only">"that only screen readers read, "</span> "and one for all."</p>
    };
    Part {
        id: "text",
        heading: "Text",
        examples: vec![
            example("Headings", "h1 h2 h3", headings),
            example(
                "Sizes and weights",
                ".lead p strong a code .hint .aside",
                sizes,
            ),
            example("For screen readers", ".sr-only", unseen),
        ],
    }
}

pub fn icons() -> Part {
    let svg = style("public/icons.svg");
    let names = svg
        .split("<symbol id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let item =
        |name: &str| view! { <li class="actions">{icon(name)}<code>{name.to_owned()}</code></li> };
    let all = view! { <ul class="swatches">{names.map(item).collect_view()}</ul> };
    let next = href("/icons.svg#next");
    let flipped = view! {
        <p dir="rtl"><svg class="icon flip" aria-hidden="true"><use_ {..next}/></svg></p>
    };
    Part {
        id: "icons",
        heading: "Icons",
        examples: vec![
            example("Every icon", ".icon · icon(\"key\")", all),
            example(
                "An arrow in a text that runs to the left",
                ".icon .flip",
                flipped,
            ),
        ],
    }
}
