//! Yours. Whole pages: what is in their `main`. A heading of the first level is the last of its part, so that the outline is right.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;

pub fn frame() -> Part {
    let frame = view! { <p>"The header and the footer of this page. A narrow screen hides a part of the header."</p> };
    let made_of = ".site-header .skip .brand .link .wide .site-footer · <Navigation/> <QuietNavigation/> <Footer/>";
    Part {
        id: "frame",
        heading: "Header and footer",
        examples: vec![example("Around each page", made_of, frame)],
    }
}

pub fn home() -> Part {
    let promise =
        |picture, name, text| view! { <li>{icon(picture)}<h2>{name}</h2><p>{text}</p></li> };
    let hero = view! {
        <section class="hero">
            <div>
                <h1>"What the site is"</h1>
                <p class="lead">"What a visitor gets, in one or two sentences."</p>
                <p class="actions">
                    <a class="button" href="#home">"Create an account"</a>
                    <a class="button quiet" href="#home">"How it works"</a>
                </p>
                <p class="hint">"A condition."</p>
            </div>
            <div class="picture" role="img" aria-label="A card of the product">
                <div class="card">
                    <div class="card-head"><strong>"Devices"</strong><span class="badge">"1"</span></div>
                    <ul class="rows">
                        <li>
                            <span class="disc">{icon("laptop")}</span>
                            <div><strong>"Firefox on Linux"</strong></div>
                        </li>
                    </ul>
                </div>
                <div class="message notice">{icon("success")}<p>"Logged out"</p></div>
            </div>
            <ul class="promises">
                {promise("bolt", "A promise", "Why it can be believed.")}
                {promise("lock", "Another one", "Why it can be believed.")}
                {promise("form", "The last one", "Why it can be believed.")}
            </ul>
        </section>
    };
    Part {
        id: "home",
        heading: "The home page",
        examples: vec![example(
            "A headline, a picture, promises",
            ".hero .lead .actions .picture .promises",
            hero,
        )],
    }
}

pub fn settings() -> Part {
    let settings = view! {
        <div class="settings">
            <nav aria-label="Pages of the example">
                <a href="#settings" aria-current="page">{icon("user")} "Profile"</a>
                <a href="#settings">{icon("lock")} "Password"</a>
                <a href="#settings">{icon("devices")} "Sessions"</a>
                <a href="#settings">{icon("key")} "Access tokens"</a>
            </nav>
            <div>
                <h1 class="page-head">"Profile"</h1>
                <section class="card"><h2>"A card"</h2></section>
            </div>
        </div>
    };
    Part {
        id: "settings",
        heading: "Settings",
        examples: vec![example(
            "A page of an account",
            ".settings .page-head · <Settings/>",
            settings,
        )],
    }
}

pub fn prose() -> Part {
    let text = view! {
        <article class="prose">
            <h1>"A page to read"</h1>
            <p class="lead">"What it is about."</p>
            <h2>"A section"</h2>
            <p>"Lines are as long as they can be read well."</p>
            <ul>
                <li>"An item of a list."</li>
                <li>"Another one."</li>
            </ul>
            <h2>"The last section"</h2>
        </article>
    };
    let step = |name, text| view! { <li><h2>{name}</h2><p>{text}</p></li> };
    let steps = view! {
        <article class="prose">
            <div>
                <h1>"In three steps"</h1>
                <p class="lead">"This part stays in sight on a wide screen."</p>
            </div>
            <ol class="steps">
                {step("The first", "What happens.")}
                {step("The second", "What happens then.")}
                {step("The last", "What the outcome is.")}
            </ol>
        </article>
    };
    Part {
        id: "prose",
        heading: "Pages to read",
        examples: vec![
            example("A text", ".prose .lead", text),
            example("Steps", ".prose .steps", steps),
        ],
    }
}

pub fn sheet() -> Part {
    let sheet = view! {
        <section class="card sheet">
            <h1>"Log in"</h1>
            <div class="field">
                <label for="guide-login">"Email"</label>
                <div class="input"><input id="guide-login" type="email" autocomplete="off"/></div>
            </div>
            <label class="check"><input type="checkbox"/> "Remember me"</label>
            <button type="button" class="block">"Log in"</button>
            <p class="aside">"No account? " <a href="#sheet">"Create one"</a></p>
        </section>
    };
    Part {
        id: "sheet",
        heading: "A page of one card",
        examples: vec![example(
            "One thing to do",
            ".card .sheet .aside · <Card/>",
            sheet,
        )],
    }
}

pub fn blank() -> Part {
    let blank = view! {
        <section class="blank">
            <span class="disc">{icon("compass")}</span>
            <h1>"Page not found"</h1>
            <p class="lead">"What happened, and what to do."</p>
            <p class="actions"><a class="button" href="#blank">"To the home page"</a></p>
            <p class="aside">"The number of the request: " <code class="token">"0000-0000"</code></p>
        </section>
    };
    Part {
        id: "blank",
        heading: "A page with one thing to say",
        examples: vec![example("Not found, not available", ".blank .disc", blank)],
    }
}
