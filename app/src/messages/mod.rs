//! Yours. Everything that your app says to its visitors, by name. The texts are in `en.toml` and `de.toml`: one file for each
//! language, listed in `languages.rs`.

/// The languages of the site.
#[cfg(feature = "ssr")]
pub mod languages;
/// The page of a refused request.
#[cfg(feature = "ssr")]
pub mod refused;

use std::borrow::Cow;

use strum::VariantNames;

use crate::auth::forms::messages::{Texts, from_files};
use crate::half::IS_SERVER;
use crate::language::{Key, Names, counted, filled, find};

/// The name of the site.
pub const SITE: &str = "Latchkey";

/// What the core says, and your own codes: the texts of error codes, notices and the core's buttons. A function of your own may
/// choose another text or CSS class.
pub const TEXTS: Texts = from_files;

/// The title of a page in the browser's tab.
pub fn title(mut page: String) -> String {
    if !page.is_empty() {
        page += " · ";
    }
    page + SITE
}

/// The text of `phrase`.
pub fn text(phrase: Phrase) -> Cow<'static, str> {
    find(PHRASES, phrase.key())
}

/// The text of `phrase`, with a value for each `{name}` in it.
pub fn text_with(phrase: Phrase, values: &[(&str, &str)]) -> String {
    filled(&text(phrase), values)
}

/// The text of `phrase` for `count` things.
pub fn text_counted(phrase: Phrase, count: i64) -> String {
    counted(PHRASES, phrase.key(), count)
}

/// The text of `phrase` about something so many `seconds` ago, in words: "3 hours ago". A negative number is "just now", because
/// clocks differ.
pub fn text_ago(phrase: Phrase, seconds: i64) -> String {
    let ago = match seconds {
        ..MINUTE => text(Phrase::JustNow).into_owned(),
        MINUTE..HOUR => text_counted(Phrase::MinutesAgo, seconds / MINUTE),
        HOUR..DAY => text_counted(Phrase::HoursAgo, seconds / HOUR),
        _ => text_counted(Phrase::DaysAgo, seconds / DAY),
    };
    text_with(phrase, &[("ago", &ago)])
}

/// The text of `phrase` about the thing called `name`, in this `place` of a list of so many.
pub fn text_in_list(phrase: Phrase, name: &str, (place, count): (usize, usize)) -> String {
    let (place, count) = (place.to_string(), count.to_string());
    text_with(
        phrase,
        &[("name", name), ("place", &place), ("count", &count)],
    )
}

/// A text that only the server shows: of a `still` part, or of the page of a refused request.
pub fn server_text(name: &str) -> Cow<'static, str> {
    find("server", Key::Name(name))
}

/// The same for `count` things.
pub fn server_text_counted(name: &str, count: i64) -> String {
    counted("server", Key::Name(name), count)
}

const PHRASES: &str = "phrases";

/// A constant, so that the names are no part of the program.
const NAMES: Names = if IS_SERVER { Phrase::VARIANTS } else { &[] };

impl Phrase {
    const fn key(self) -> Key<'static> {
        Key::Nth(NAMES, self as usize)
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// In seconds.
pub const DAY: i64 = 24 * HOUR;

/// What pages and components say. The text of `LogIn` is `log_in` in the section `[phrases]`.
#[derive(Clone, Copy, Debug, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Phrase {
    // Forms
    Cancel,
    ConfirmYourPassword,
    ConfirmReason,
    Confirm,
    CurrentPassword,
    Email,
    Hide,
    KeepLoggedIn,
    Name,
    NewPassword,
    Password,
    PasswordHint,
    CapsLock,
    Show,

    // Header
    HowItWorks,
    LogIn,
    MainNavigation,
    SignUp,
    SkipToContent,
    YourMenu,

    // Home
    Description,
    NothingYet,
    NothingYetHint,
    Pitch,
    WelcomeBack,

    // Log in, sign up, links in mails
    CreateAccount,
    BackToLogin,
    EndTokens,
    ForAddress,
    ForgotLead,
    ForgotPassword,
    InvitedOnly,
    CheckYourMail,
    NoMailHint,
    NoSignUp,
    ResetLogsOut,
    SendLink,
    SendNewLink,
    SetNewPassword,
    SignUpByMail,
    HaveAccount,
    NewHere,

    // Account
    AccountNavigation,
    ChangeAddress,
    ChangeAddressHint,
    ConfirmAddress,
    KeepAddress,
    KeepAddressHint,
    NewAddress,
    SaveName,
    Download,
    YourData,
    YourDataHint,
    DontRecogniseEntry,
    History,
    NoHistory,
    WasAgo,
    EndsWithBrowser,
    Profile,
    Sessions,
    StaysLoggedIn,
    ThisLogin,
    WillConfirm,
    YourAccount,

    // Password
    ChangePassword,
    ChangeYourPassword,
    OtherDevicesLoggedOut,

    // Sessions
    DontRecognise,
    LastSeen,
    LogOut,
    AskLogOutOthers,
    LogOutDevice,
    LogOutOthers,
    LoggedInAgo,
    Remembered,
    ThenChangePassword,
    ThisDevice,
    WhereLoggedIn,

    // Browsers
    AMac,
    AnIpad,
    AnIphone,
    BrowserOn,
    BrowserUnder,
    UnknownBrowser,

    // Access tokens
    AccessTokens,
    CreateToken,
    Expires,
    ForDays,
    Copied,
    Copy,
    NeverUsed,
    NewToken,
    NoTokens,
    Revoke,
    AskRevoke,
    RevokeToken,
    TokenName,
    TokenUse,
    UsedAgo,
    ExpiresInDays,

    // Delete
    BackToAccount,
    DeleteAccount,
    AskDelete,
    DeleteMyAccount,
    DeleteWarning,
    DeleteYourAccount,
    KeepAccount,

    // Others
    BackHome,
    HowLead,
    NothingLoaded,
    PageNotFound,
    PageNotFoundHint,

    // How long ago
    DaysAgo,
    HoursAgo,
    JustNow,
    MinutesAgo,
}
