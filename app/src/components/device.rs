//! Yours. What people call a browser.

use std::borrow::Cow;

use crate::messages::{Phrase, text, text_with};

/// "Firefox on Linux", of a user agent. The first word that fits decides: most browsers also claim to be those further down.
pub fn device(user_agent: &str) -> String {
    let browser = first(
        user_agent,
        &[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("CriOS/", "Chrome"),
            ("Safari/", "Safari"),
            ("curl/", "curl"),
        ],
    );
    let named = first(
        user_agent,
        &[
            ("iPhone", Phrase::AnIphone),
            ("iPad", Phrase::AnIpad),
            ("Mac OS X", Phrase::AMac),
        ],
    );
    let system = first(
        user_agent,
        &[
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ],
    );
    let (phrase, system) = match named {
        Some(named) => (Phrase::BrowserOn, Some(text(named))),
        None => (Phrase::BrowserUnder, system.map(Cow::Borrowed)),
    };
    match (browser, system) {
        (Some(browser), Some(system)) => {
            text_with(phrase, &[("browser", browser), ("system", &system)])
        }
        (Some(browser), None) => browser.into(),
        (None, Some(system)) => system.into_owned(),
        (None, None) => text(Phrase::UnknownBrowser).into_owned(),
    }
}

fn first<Name: Copy>(user_agent: &str, names: &[(&str, Name)]) -> Option<Name> {
    let fits = names.iter().find(|(word, _)| user_agent.contains(word));
    fits.map(|(_, name)| *name)
}

/// The icon of a browser's device.
pub fn device_icon(user_agent: &str) -> &'static str {
    let has = |word: &&str| user_agent.contains(word);
    if ["iPhone", "Android"].iter().any(has) {
        "phone"
    } else if user_agent.starts_with("Mozilla/") {
        "laptop"
    } else {
        "terminal"
    }
}
