//! Yours. Everything that your app says to its visitors, by name. The texts are in `english.rs`; another language is a function
//! like the one there.

mod english;
/// The page of a refused request.
#[cfg(feature = "ssr")]
pub mod refused;
/// Parts that only the server renders.
pub mod still;

use std::borrow::Cow;

use crate::auth::forms::messages::{Message, Texts};
use english::english;

/// The name of the site.
pub const SITE: &str = "Latchkey";

/// What the core says: the texts of error codes, notices and its buttons.
pub const TEXTS: Texts = |message| english(Phrase::Core(message));

/// The title of a page in the browser's tab.
pub fn title(mut page: String) -> String {
    if !page.is_empty() {
        page += " · ";
    }
    page + SITE
}

/// The text of `phrase`.
pub fn text(phrase: Phrase<'_>) -> Cow<'static, str> {
    english(phrase).text
}

/// What pages and components say. A number of seconds is the time since then.
#[derive(Clone, Copy, Debug)]
pub enum Phrase<'a> {
    /// A code or notice, of the core's or of your own, and the core's buttons.
    Core(Message<'a>),

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
    Show,

    // Header
    HowItWorks,
    LogIn,
    MainNavigation,
    SignUp,
    SkipToContent,
    YourMenu,

    // Home
    Lead,
    NothingYet,
    NothingYetHint,
    Pitch,
    WelcomeBack(&'a str),

    // Log in and sign up
    CreateAccount,
    HaveAccount,
    NewHere,

    // Account
    AccountNavigation,
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
    LastSeen(i64),
    LogOut,
    AskLogOutOthers,
    /// The device, and its place in the list: the second of three.
    LogOutDevice(&'a str, (usize, usize)),
    LogOutOthers,
    LoggedInAgo(i64),
    Remembered,
    ThenChangePassword,
    ThisDevice,
    WhereLoggedIn,

    // Access tokens
    AccessTokens,
    CreateToken,
    Days,
    NeverUsed,
    NewToken,
    NoTokens,
    Revoke,
    AskRevoke(&'a str),
    /// The name, and its place in the list.
    RevokeToken(&'a str, (usize, usize)),
    TokenName,
    TokenUse,
    UsedAgo(i64),
    ExpiresIn(i64),

    // Delete
    BackToAccount,
    DeleteAccount,
    AskDelete,
    DeleteMyAccount,
    DeleteWarning,
    DeleteYourAccount,

    // Others
    BackHome,
    HowLead,
    NothingLoaded,
    PageNotFound,
    PageNotFoundHint,
}
