//! Core. Every default of the log in, named, with its reason and source.

use std::time::Duration;

/// The log-in page of the app, until an area has its own (Flask-Login's `login_view`).
pub const LOGIN_PATH: &str = "/login";

/// Where somebody who is logged in gives the password once more (Flask-Login's `refresh_view`).
pub const CONFIRM_PATH: &str = "/confirm";

/// Where a visitor goes after log in when no safe `next` came along, and after log out.
pub const HOME_PATH: &str = "/";

/// Where server functions live. They answer for themselves who may call them.
pub const FUNCTIONS: &str = "/api/";

/// The field that carries the way back.
pub const NEXT_FIELD: &str = "next";

/// A session ends this long after the last visit. OWASP's session sheet asks for an idle limit; a working day with
/// its breaks fits in.
pub const IDLE: Duration = Duration::from_hours(12);

/// ... and this long after its log in, visited or not.
pub const ABSOLUTE: Duration = Duration::from_hours(24);

/// A remembered visitor comes back without a password for this long after the log in. With the last session that
/// begins in it that makes 30 days (NIST SP 800-63B-4, 2.1.3: at most 30 days at AAL1).
pub const REMEMBER: Duration = Duration::from_hours(29 * 24);

/// No browser keeps a cookie for longer (RFC 6265bis, 5.5).
pub const REMEMBER_MAX: Duration = Duration::from_hours(400 * 24);

/// Requests that left with the remember cookie before it was replaced arrive within this time (see `remember.rs`).
pub const REMEMBER_GRACE: Duration = Duration::from_mins(1);

/// A log in is fresh for this long after the password was given (Phoenix: 20 minutes, Kratos: an hour).
pub const FRESH: Duration = Duration::from_mins(20);

/// "Last seen" is written at most this often, so that a page view is one read and hardly ever a write.
pub const SEEN_EVERY: Duration = Duration::from_mins(5);

/// A cookie issued this far in the future is still believed: the clocks of two servers differ.
pub const CLOCK_SKEW: Duration = Duration::from_mins(2);

/// Log ins of one user at a time, and devices that are remembered: more than anybody has, and an end to what a script
/// leaves behind that logs in with every call (ASVS 7.1.2). The one that was not seen for longest gives way.
pub const LOG_INS_MAX: i64 = 50;

/// Access tokens of one user at a time. One too many is refused and no other gives way: some script lives on it.
pub const TOKENS_MAX: i64 = 50;

/// What an access token is called, longest.
pub const TOKEN_NAME_MAX: usize = 60;

/// How long an access token may live, in days: a year, and the choice before any is made.
pub const TOKEN_DAYS_MAX: i64 = 365;
pub const TOKEN_DAYS: i64 = 90;

/// A message for the next page waits this long for that page.
pub const FLASH: Duration = Duration::from_mins(1);

/// So many wrong passwords in a row cost an account nothing; then each waits longer (WSTG-ATHN-03: from the fifth) ...
pub const ACCOUNT_FREE: i64 = 5;

/// ... up to this long ...
pub const ACCOUNT_WAIT_MAX: Duration = Duration::from_mins(15);

/// ... and after so many nobody gets in any more (NIST SP 800-63B-4, 3.2.2: at most 100).
pub const ACCOUNT_MAX: i64 = 100;

/// An address gets so many attempts in this time (Django's allauth: 30 a minute).
pub const ADDRESS_MAX: u32 = 30;
pub const ADDRESS_WINDOW: Duration = Duration::from_mins(1);

/// NIST SP 800-63B-4, 3.1.1.2: a password that is the only factor has at least 15 code points.
pub const PASSWORD_MIN: usize = 15;

/// At least 64 must be possible (ASVS 6.2.9); longer than this is refused, never cut.
pub const PASSWORD_MAX: usize = 256;

/// RFC 5321, 4.5.3.1: an address has at most 254 bytes.
pub const EMAIL_MAX: usize = 254;

/// Long enough for any name, short enough for any page.
pub const NAME_MAX: usize = 100;

/// The forms of a log in are small; a larger body is answered 413 before it is read.
pub const BODY_MAX: usize = 16 * 1024;

/// A secret shorter than this cannot carry 256 bits (RFC 2104: a key as long as the hash).
pub const SECRET_MIN: usize = 32;

/// Hashes that may wait for each one that runs. At some 30 ms a hash the last one in waits half a second.
pub const HASH_QUEUE: usize = 16;

/// A stored hash that asks for more memory (in KiB) or passes is none of ours, and could stop the server.
pub const HASH_MEMORY_MAX: u32 = 512 * 1024;
pub const HASH_PASSES_MAX: u32 = 64;

/// One client may hold this fraction of all places for hashes, so that no one fills the queue alone.
pub const HASH_SHARE: usize = 4;

/// This fraction is kept for users and browsers that have logged in before: a flood from any number of addresses does not
/// lock them out.
pub const HASH_KEPT: usize = 4;

/// How long a visitor is asked to wait when the queue is full or the database is away.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The user agent is kept to recognise a session by, not to be complete.
pub const USER_AGENT_MAX: usize = 256;
