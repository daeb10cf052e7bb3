//! Core. Every number and path of the login, named, with its reason and source.

use std::time::Duration;

/// The login page of the app; an area may have its own (Flask-Login's `login_view`).
pub const LOGIN_PATH: &str = "/login";

/// Where a user confirms the password (Flask-Login's `refresh_view`).
pub const CONFIRM_PATH: &str = "/confirm";

/// The pages of one-time links.
pub const FINISH_SIGN_UP_PATH: &str = "/signup/finish";
pub const RESET_PATH: &str = "/reset";
pub const NEW_EMAIL_PATH: &str = "/account/email/new";
pub const KEEP_EMAIL_PATH: &str = "/keep-email";
pub const KEEP_ACCOUNT_PATH: &str = "/keep-account";

/// Where a visitor goes after the login when there is no safe `next`, and after the logout.
pub const HOME_PATH: &str = "/";

/// Paths without pages: server functions, each of which checks its caller, health probes, and built files (`site-pkg-dir` in
/// Cargo.toml has the same name).
pub const FUNCTIONS: &str = "/api/";
pub const COOKIE_CHECK: &str = "/api/cookies";
pub const HEALTH: &str = "/health/";
pub const BUILT_FILES: &str = "/pkg/";

/// Below it there is a file of texts for each language.
pub const TEXTS_PATH: &str = "/texts/";

/// `Cache-Control` of a file whose name changes with its content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The name of the query parameter, and of the form field, for the page to return to.
pub const NEXT_FIELD: &str = "next";

/// The names of the cookies carry the site's, which `./dev rename` changes: cookies ignore ports, so two sites on one host, as in
/// development, would take each other's (RFC 6265, 8.5).
pub const SESSION_COOKIE: &str = "latchkey_session";
pub const REMEMBER_COOKIE: &str = "latchkey_remember";
pub const FLASH_COOKIE: &str = "latchkey_flash";
pub const DEVICE_COOKIE: &str = "latchkey_device";
pub const KEPT_COOKIE: &str = "latchkey_kept";

/// The name of the kept value with the language that a visitor has chosen, and of the form's field.
pub const LANGUAGE: &str = "language";

/// The form field with the id of the user to whom the form was shown.
pub const USER_FIELD: &str = "form_user";

/// The idle time-out: a session ends this long after the last visit. OWASP's session management sheet asks for one; a
/// working day with its breaks fits in.
pub const IDLE: Duration = Duration::from_hours(12);

/// The absolute time-out: a session ends this long after its login, visited or not.
pub const ABSOLUTE: Duration = Duration::from_hours(24);

/// A remembered visitor returns without a password for this long after the login. Together with the last session that the
/// cookie begins, that makes 30 days (NIST SP 800-63B-4, 2.1.3: at most 30 days at AAL1).
pub const REMEMBER: Duration = Duration::from_hours(29 * 24);

/// No browser keeps a cookie for longer (RFC 6265bis, 5.5).
pub const REMEMBER_MAX: Duration = Duration::from_hours(400 * 24);

/// How long the previous generation of a remember cookie stays valid for concurrent requests (`session/remember.rs`).
pub const REMEMBER_GRACE: Duration = Duration::from_mins(1);

/// A login is fresh for this long after the password was given (Phoenix: 20 minutes, Kratos: an hour).
pub const FRESH: Duration = Duration::from_mins(20);

/// "Last seen" is written at most this often, so that a page view is one read and rarely a write.
pub const SEEN_EVERY: Duration = Duration::from_mins(5);

/// A cookie issued this far in the future is still accepted: the clocks of two servers differ.
pub const CLOCK_SKEW: Duration = Duration::from_mins(2);

/// The most sessions of one user, and the most remembered devices (ASVS 7.1.2). One more removes the least recently seen, so
/// that a script that logs in on every call does not accumulate rows.
pub const SESSIONS_MAX: i64 = 50;

/// The most access tokens of one user. One more is refused and none is removed, because a script may depend on it.
pub const TOKENS_MAX: i64 = 50;

/// How long a link in a mail works: for a sign-up a day (NIST SP 800-63B-4, 4.2.1.2), for a forgotten password half an hour (OWASP,
/// Forgot Password Cheat Sheet: a short time).
pub const SIGN_UP_LIFE: Duration = Duration::from_hours(24);
/// Of an invitation by the operator.
pub const INVITATION_LIFE: Duration = Duration::from_hours(7 * 24);
pub const RESET_LIFE: Duration = Duration::from_mins(30);

/// How long the server tries to send a notice. An older one is of no use, and is dropped.
pub const NOTICE_LIFE: Duration = Duration::from_hours(72);

/// How long the history of an account is kept.
pub const HISTORY: Duration = Duration::from_hours(365 * 24);

/// An account is warned of wrong passwords at most this often.
pub const WARNING_PAUSE: Duration = Duration::from_hours(24);

/// One user asks for another address at most this often, so that the links to the old addresses have an order.
pub const EMAIL_CHANGE_PAUSE: Duration = Duration::from_secs(2);

/// A link to a new address works for a day, the one in the old box that stops the change, or undoes it, for three.
pub const CHANGE_EMAIL_LIFE: Duration = Duration::from_hours(24);
pub const KEEP_EMAIL_LIFE: Duration = Duration::from_hours(72);

/// A closed account is deleted after two weeks (GDPR, articles 12 and 17: without undue delay, within a month), at most after a month.
pub const DELETION_DAYS: u32 = 14;
/// As long as the link in an old box works ([`KEEP_EMAIL_LIFE`]).
pub const DELETION_DAYS_MIN: u32 = 3;
pub const DELETION_DAYS_MAX: u32 = 30;

/// The same mail goes to an address at most this often (Django's allauth: once in three minutes).
pub const LINK_PAUSE: Duration = Duration::from_mins(3);
/// After so many of a day this often, so that repeated requests do not fill a mailbox.
pub const MAILS_A_DAY: i64 = 5;
/// No longer than a link works that sets a new password: an owner whose address others ask for has always got one that works.
pub const LATER_PAUSE: Duration = RESET_LIFE;

/// The longest name of an access token, in characters as people count them (extended grapheme clusters, UAX 29).
pub const TOKEN_NAME_MAX: usize = 60;

/// How long an access token may live, in days, and the default in the form.
pub const TOKEN_DAYS_MAX: i64 = 365;
pub const TOKEN_DAYS: i64 = 90;

/// How long a message for the next page is kept.
pub const FLASH: Duration = Duration::from_mins(1);

/// The largest payload of a cookie in bytes, before base64 makes it a third larger: browsers drop cookies above 4 KiB
/// (RFC 6265bis, 5.6).
pub const COOKIE_ROOM: usize = 2500;

/// How long the typed values of a long form are kept, for example while the visitor confirms the password.
pub const FORM_VALUES: Duration = Duration::from_hours(1);

/// The most forms whose values are kept in the database at a time, for one network and for all.
pub const FORM_VALUES_MAX: i64 = 20;
pub const ALL_FORM_VALUES_MAX: i64 = 2000;

/// Wrong passwords in a row before an account has to wait; each further one doubles the wait (WSTG-ATHN-03: from the fifth).
pub const ACCOUNT_FREE: i64 = 5;

/// The longest of these waits.
pub const ACCOUNT_WAIT_MAX: Duration = Duration::from_mins(15);

/// After this many wrong passwords in a row the account is locked (NIST SP 800-63B-4, 3.2.2: at most 100).
pub const ACCOUNT_MAX: i64 = 100;

/// The number of login attempts that may wait in one process, and of one client. It also bounds how many read the database at a time.
pub const ATTEMPTS_WAITING: usize = 1024;
pub const ATTEMPTS_EACH: usize = 64;

/// One in this many of these places is for users and browsers that have logged in before.
pub const ATTEMPTS_RESERVED: usize = 4;

/// How long an attempt waits for its turn: some sixty right passwords, or hundreds that are refused.
pub const TURN_WAIT: Duration = Duration::from_secs(5);

/// Attempts that one address may make within the window (Django's allauth: 30 a minute).
pub const ADDRESS_MAX: u32 = 30;
pub const ADDRESS_WINDOW: Duration = Duration::from_mins(1);

/// NIST SP 800-63B-4, 3.1.1.2: a password that is the only factor has at least 15 code points.
pub const PASSWORD_MIN: usize = 15;

/// The longest password in code points (ASVS 6.2.9: at least 64). A longer one is refused, never truncated.
pub const PASSWORD_MAX: usize = 256;

/// RFC 5321, 4.5.3.1: an address has at most 254 bytes.
pub const EMAIL_MAX: usize = 254;

/// The longest name of a user, in the same characters.
pub const NAME_MAX: usize = 100;

/// The largest request body unless the app's table says otherwise (`BODIES` in `pages/requests.rs`). A larger one is
/// answered with 413, before it is read if it has a `Content-Length`.
pub const BODY_MAX: usize = 16 * 1024;

/// A secret shorter than this cannot carry 256 bits (RFC 2104: a key as long as the hash).
pub const SECRET_MIN: usize = 32;

/// The number of hashes that may wait per core. At about 30 ms a hash, the last one waits half a second.
pub const HASH_QUEUE: usize = 16;

/// A stored hash that needs more memory (in KiB) or passes is refused: a planted one could exhaust the server.
pub const HASH_MEMORY_MAX: u32 = 512 * 1024;
pub const HASH_PASSES_MAX: u32 = 64;

/// One client may hold one in this many permits for hashing, so that it cannot fill the queue alone.
pub const HASH_SHARE: usize = 4;

/// One in this many permits is reserved for users and browsers that have logged in before, so that a flood from any number
/// of addresses does not lock them out.
pub const HASH_RESERVED: usize = 4;

/// How long a visitor is asked to wait when the queue is full or the database is unavailable.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The longest user agent that is stored, in characters: enough for a user to recognise a device.
pub const USER_AGENT_MAX: usize = 256;

/// The earlier of the two limits of a session. Unix seconds.
pub fn session_expiry(created_at: i64, seen_at: i64) -> i64 {
    (seen_at + seconds(IDLE)).min(created_at + seconds(ABSOLUTE))
}

pub fn seconds(duration: Duration) -> i64 {
    duration.as_secs().cast_signed()
}
