//! Yours. The texts in English.

use super::Phrase;
use super::still::DESCRIPTION;
use crate::auth::config::{NAME_MAX, PASSWORD_MIN};
use crate::auth::forms::messages::{Message, Text, english as of_the_core};
use crate::error::{AppError, AppNotice, Error, Notice};

/// The text of `phrase`. What is not named here is left to the core.
pub fn english(phrase: Phrase<'_>) -> Text {
    use Phrase as P;

    Text::label(match phrase {
        P::Core(Message::Error(Error::App(error))) => return Text::error(of_error(error)),
        P::Core(Message::Notice(Notice::App(notice))) => return Text::notice(of_notice(notice)),
        P::Core(message) => return of_the_core(message),

        P::Cancel => "Cancel",
        P::ConfirmYourPassword => "Confirm your password",
        P::ConfirmReason => "For your security, confirm your password to continue.",
        P::Confirm => "Confirm",
        P::CurrentPassword => "Current password",
        P::Email => "Email",
        P::Hide => "Hide",
        P::KeepLoggedIn => "Keep me logged in on this device",
        P::Name => "Name",
        P::NewPassword => "New password",
        P::Password => "Password",
        P::PasswordHint => return password_hint(),
        P::Show => "Show",

        P::HowItWorks => "How it works",
        P::LogIn => "Log in",
        P::MainNavigation => "Main",
        P::SignUp => "Sign up",
        P::SkipToContent => "Skip to content",
        P::YourMenu => "Your menu",

        P::Lead => DESCRIPTION,
        P::NothingYet => "Nothing here yet",
        P::NothingYetHint => {
            "This is where your product begins: replace this card in app/src/pages/home.rs."
        }
        P::Pitch => "Login, done right.",
        P::WelcomeBack(name) => return Text::label(format!("Welcome back, {name}.")),

        P::CreateAccount => "Create an account",
        P::HaveAccount => "Already have an account?",
        P::NewHere => "New here?",

        P::AccountNavigation => "Settings",
        P::EndsWithBrowser => "You're logged out when you close the browser.",
        P::Profile => "Profile",
        P::Sessions => "Sessions",
        P::StaysLoggedIn => "You stay logged in on this device.",
        P::ThisLogin => "This login",
        P::WillConfirm => "Sensitive changes will ask for your password.",
        P::YourAccount => "Your account",

        P::ChangePassword => "Change password",
        P::ChangeYourPassword => "Change your password",
        P::OtherDevicesLoggedOut => {
            "Changing it logs out all other devices. Access tokens keep working."
        }

        P::DontRecognise => "Don't recognise a device? Log it out, then",
        P::LastSeen(seconds) => return Text::label(format!("last seen {}", ago(seconds))),
        P::LogOut => "Log out",
        P::LogOutDevice(device, (place, count)) => {
            return Text::label(format!("Log out {device} ({place} of {count})"));
        }
        P::AskLogOutOthers => "Log out all devices but this one?",
        P::LogOutOthers => "Log out all other devices",
        P::LoggedInAgo(seconds) => return Text::label(format!("logged in {}", ago(seconds))),
        P::Remembered => "stays logged in",
        P::ThenChangePassword => "change your password",
        P::ThisDevice => "This device",
        P::WhereLoggedIn => "Where you're logged in",

        P::AccessTokens => "Access tokens",
        P::CreateToken => "Create token",
        P::Days => "Expires in (days)",
        P::NeverUsed => "never used",
        P::NewToken => "New token",
        P::NoTokens => "No access tokens yet.",
        P::Revoke => "Revoke",
        P::RevokeToken(name, (place, count)) => {
            return Text::label(format!("Revoke {name} ({place} of {count})"));
        }
        P::AskRevoke(name) => {
            return Text::label(format!(
                "Revoke {name}? Scripts that use it stop working at once."
            ));
        }
        P::TokenName => "Name (e.g. Backup script)",
        P::TokenUse => "Use tokens to sign in scripts:",
        P::UsedAgo(seconds) => return Text::label(format!("used {}", ago(seconds))),
        P::ExpiresIn(seconds) => {
            let days = (seconds + DAY - 1) / DAY;
            let plural = if days == 1 { "" } else { "s" };
            return Text::label(format!("expires in {days} day{plural}"));
        }

        P::BackToAccount => "Back to your account",
        P::DeleteAccount => "Delete account",
        P::AskDelete => "Delete your account for good?",
        P::DeleteMyAccount => "Delete my account",
        P::DeleteWarning => {
            "This permanently deletes your account, sessions and tokens. It can't be undone."
        }
        P::DeleteYourAccount => "Delete your account",

        P::BackHome => "Home",
        P::HowLead => "One login, from the first click to the page with the user.",
        P::NothingLoaded => "This page doesn't use your account, so nothing was loaded for it.",
        P::PageNotFound => "Page not found.",
        P::PageNotFoundHint => "Check the address, or start from the home page.",
    })
}

fn password_hint() -> Text {
    Text::label(format!(
        "At least {PASSWORD_MIN} characters. A few random words work well."
    ))
}

fn of_error(error: &AppError) -> String {
    match error {
        AppError::InvalidName => format!("Enter a name of 1 to {NAME_MAX} characters."),
    }
}

const fn of_notice(notice: &AppNotice) -> &'static str {
    match notice {
        AppNotice::SignedUp => {
            "Thanks for signing up. Log in to continue. If you already had an account, use your existing password."
        }
        AppNotice::PasswordChanged => "Password changed. All other devices were logged out.",
        AppNotice::SessionEnded => "Device logged out.",
        AppNotice::OtherSessionsEnded => "All other devices logged out.",
        AppNotice::AccountDeleted => "Your account has been deleted.",
        AppNotice::TokenCreated => "Copy your new token now. You won't see it again.",
        AppNotice::TokenRevoked => "Token revoked.",
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "3 hours ago". A negative number is "just now": clocks differ.
fn ago(seconds: i64) -> String {
    let (unit, name) = match seconds {
        ..MINUTE => return "just now".into(),
        MINUTE..HOUR => (MINUTE, "minute"),
        HOUR..DAY => (HOUR, "hour"),
        _ => (DAY, "day"),
    };
    match seconds / unit {
        1 => format!("1 {name} ago"),
        count => format!("{count} {name}s ago"),
    }
}
