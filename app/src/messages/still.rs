//! Yours. The texts of parts that only the server renders (`still`), in English. No browser downloads them with the program.

use crate::theme::Theme;

/// What search engines and messengers say about the site.
pub const DESCRIPTION: &str = "Accounts for your Leptos app: secure sessions, instant pages, forms that work without JavaScript.";

pub const FOOTER: &str = "Footer";
pub const THEME: &str = "Theme";

pub const fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

/// What the picture on the home page shows, for those who cannot see it.
pub const PICTURE: &str =
    "The list of devices on which a user is logged in, with a button to log out each of them.";
pub const DEVICES: &str = "Where you're logged in";
pub const DEVICE_COUNT: &str = "3 devices";
pub const DEVICE_LOGGED_OUT: &str = "Device logged out.";
pub const LOG_OUT: &str = "Log out";

/// The icon, the device, and when it was seen.
pub const DEVICE_LIST: [(&str, &str, &str); 3] = [
    ("laptop", "Chrome on Linux", "This device"),
    ("laptop", "Safari on a Mac", "last seen 2 hours ago"),
    ("phone", "Safari on an iPhone", "last seen 1 day ago"),
];

/// The icon, the promise, and how it is kept.
pub const PROMISES: [(&str, &str, &str); 3] = [
    (
        "bolt",
        "Right on the first byte",
        "The server knows the user before it sends the page. No flicker, no second request.",
    ),
    (
        "form",
        "Works without JavaScript",
        "Every form is a real form: before the code arrives, with scripts off, and after.",
    ),
    (
        "devices",
        "Sessions you can end",
        "See every device. Log out one, or all others. It takes effect at once.",
    ),
];

/// The way of a login, in the order in which a request meets its parts.
pub const STEPS: [(&str, &str); 12] = [
    (
        "Visit the login page",
        "The form is a plain POST form. It works before any code has arrived.",
    ),
    (
        "Submit it",
        "To /api/login: by the browser itself, or by the hydrated page. The result is the same.",
    ),
    (
        "Check the credentials",
        "argon2id. A wrong password and an unknown address cost the same and get the same text.",
    ),
    (
        "login_user",
        "The login manager begins a new session and ends the one that came with the request.",
    ),
    (
        "Sign the session cookie",
        "A random token with a signature. The database keeps only its hash.",
    ),
    (
        "Redirect",
        "303, to the page the visitor asked for: one of this site, or home.",
    ),
    (
        "The cookie comes back",
        "Its signature is checked. No query so far, and none at all if the check fails.",
    ),
    (
        "The page begins to render",
        "On the server. No user has been loaded yet.",
    ),
    (
        "current_user appears for the first time",
        "In the header, in a page, or in the guard before both.",
    ),
    (
        "Is there a session?",
        "No: a guest, at once, without a query. Yes: ask the user loader.",
    ),
    (
        "The query",
        "One, joining session and user. All components of this request share its result.",
    ),
    (
        "The page with the user",
        "Right on the first byte. The browser starts from the same value and sends no request.",
    ),
];
