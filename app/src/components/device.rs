//! Yours. What people call a browser.

/// "Firefox on Linux", of a user agent. The first word that fits decides: most browsers also claim to be those further down.
pub fn device(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let fits = names.iter().find(|(word, _)| user_agent.contains(word));
        fits.map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "a Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "An unknown browser".into(),
    }
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
