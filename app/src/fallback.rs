//! Core. A page whose program has failed works like one without JavaScript: links navigate, and forms are posted by the browser.
//!
//! Extensions, password managers, proxies and translators change pages before they are hydrated, and Leptos panics where an
//! element is not what it expects. What it has attached by then would swallow each click and do nothing.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// On the document's element, once the program has failed.
const FAILED: &str = "data-failed";

/// Runs before the program, so that its listeners are called first: events reach nothing else then but the browser itself. An
/// address that the router wrote into the history is loaded.
const SCRIPT: &str = "
(() => {
  const failed = () => document.documentElement.hasAttribute('data-failed')
  for (const type of ['click', 'submit', 'input', 'change', 'keydown', 'focusin', 'visibilitychange', 'pageshow', 'popstate'])
    addEventListener(type, (event) => {
      if (!failed()) return
      event.stopImmediatePropagation()
      if (type == 'popstate') location.reload()
    }, true)
  for (const type of ['error', 'unhandledrejection'])
    addEventListener(type, (event) => failed() && event.preventDefault(), true)
})()
";

/// In the document's head, before the scripts of the program.
#[component]
pub fn Fallback() -> impl IntoView {
    view! { <script nonce=use_nonce()>{SCRIPT}</script> }
}

/// The program's panic hook.
pub fn fall_back(panic: &str) {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute(FAILED, "");
    }
    leptos::logging::warn!("The page continues without its program. {panic}");
}
