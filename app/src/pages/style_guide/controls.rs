//! Yours. Buttons and fields.

use leptos::prelude::*;

use super::{Part, example};
use crate::components::icon;

pub fn buttons() -> Part {
    let weights = view! {
        <p class="actions">
            <button type="button">"Primary"</button>
            <button type="button" class="quiet">"Quiet"</button>
            <button type="button" class="plain">"Plain"</button>
            <button type="button" class="danger">"Danger"</button>
            <button type="button" class="danger quiet">"Danger, asks first"</button>
        </p>
    };
    let links = view! {
        <p class="actions">
            <a class="button" href="#buttons">"A link"</a>
            <a class="button quiet" href="#buttons">"A quiet link" {icon("next")}</a>
            <a class="button danger quiet" href="#buttons">{icon("trash")} "A link to a danger"</a>
        </p>
    };
    let small = view! {
        <p class="actions">
            <button type="button" class="small">"Small"</button>
            <button type="button" class="small quiet">{icon("copy")} "Small, quiet"</button>
            <button type="button" class="small danger">"Small, danger"</button>
        </p>
    };
    let disabled = view! {
        <p class="actions">
            <button type="button" disabled=true>"Primary"</button>
            <button type="button" class="quiet" disabled=true>"Quiet"</button>
            <button type="button" class="plain" disabled=true>"Plain"</button>
            <button type="button" class="danger" disabled=true>"Danger"</button>
        </p>
    };
    let busy = view! {
        <p class="actions">
            <button type="button" disabled=true aria-busy="true">"Save"</button>
            <button type="button" class="quiet" disabled=true aria-busy="true">"Log out"</button>
            <button type="button" class="danger" disabled=true aria-busy="true">"Delete"</button>
        </p>
    };
    Part {
        id: "buttons",
        heading: "Buttons",
        examples: vec![
            example(
                "Weights, beside each other",
                ".quiet .plain .danger .actions · <Submit/>",
                weights,
            ),
            example("Links that look like buttons", ".button", links),
            example("Small, as in rows", ".small", small),
            example("Disabled", "disabled", disabled),
            example(
                "While a form is sent",
                "disabled aria-busy=\"true\" · <Submit/>",
                busy,
            ),
            example(
                "As wide as its place",
                ".block",
                view! { <button type="button" class="block">"Continue"</button> },
            ),
        ],
    }
}

pub fn fields() -> Part {
    let texts = view! {
        <div class="card pair">
            <div class="field">
                <label for="guide-name">"With a hint"</label>
                <div class="input"><input id="guide-name" autocomplete="off" aria-describedby="guide-name-hint"/></div>
                <p class="hint" id="guide-name-hint">"What may be typed here."</p>
            </div>
            <div class="field">
                <label for="guide-email">"With an error"</label>
                <div class="input">
                    <input
                        id="guide-email" type="email" autocomplete="off" value="ada@"
                        aria-invalid="true" aria-describedby="guide-email-error"
                    />
                </div>
                <p class="problem" id="guide-email-error">"Enter a valid e-mail address."</p>
            </div>
            <div class="field">
                <label for="guide-password">"A password that can be shown"</label>
                <div class="input">
                    <input id="guide-password" type="password" autocomplete="new-password"/>
                    <button type="button" class="reveal plain" aria-label="Show: A password that can be shown">"Show"</button>
                </div>
                <p class="hint caps">"Caps Lock is on, which only a field with the focus shows."</p>
            </div>
            <div class="field">
                <label for="guide-old">"Disabled"</label>
                <div class="input"><input id="guide-old" autocomplete="off" value="Ada" disabled=true/></div>
            </div>
            <div class="field">
                <label for="guide-days">"A number"</label>
                <div class="input"><input id="guide-days" type="number" min="1" max="90" value="30"/></div>
            </div>
            <div class="field">
                <label for="guide-city">"One of many"</label>
                <select id="guide-city">
                    <option>"Bergen"</option>
                    <option>"Lisbon"</option>
                </select>
            </div>
            <div class="field">
                <label for="guide-file">"A file"</label>
                <div class="input"><input id="guide-file" type="file"/></div>
            </div>
        </div>
    };
    let area = view! {
        <div class="card">
            <div class="field">
                <label for="guide-note">"Several lines"</label>
                <textarea id="guide-note" rows="3"></textarea>
                <p class="problem"></p>
            </div>
        </div>
    };
    let checks = view! {
        <div class="card">
            <label class="check"><input type="checkbox" checked=true/> "Checked"</label>
            <label class="check"><input type="checkbox"/> "Not checked"</label>
            <label class="check"><input type="checkbox" disabled=true/> "Disabled"</label>
        </div>
    };
    let choices = view! {
        <div class="card">
            <fieldset class="choices">
                <legend>"One of a few"</legend>
                <div>
                    <label><input type="radio" name="guide-plan" checked=true/> "Monthly"</label>
                    <label><input type="radio" name="guide-plan"/> "Yearly"</label>
                    <label><input type="radio" name="guide-plan"/> "Never"</label>
                </div>
            </fieldset>
        </div>
    };
    Part {
        id: "fields",
        heading: "Fields",
        examples: vec![
            example(
                "Fields, two beside each other on a wide screen",
                ".pair .field .input .hint .caps .problem .reveal · <Field/>",
                texts,
            ),
            example("A text area", ".field textarea · <TextArea/>", area),
            example("Checkboxes", ".check · <Checkbox/>", checks),
            example("Radio buttons", ".choices", choices),
        ],
    }
}
