//! Core. Security events, as one enum: Flask-Login's signals, and those it lacks.

use std::fmt;

use axum::extract::Request;

use super::session::address;

/// An event, for the log and for every listener. Holds ids and addresses, never a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    pub kind: EventKind,
    /// The user it is about, if known.
    pub user_id: Option<String>,
    /// The client's address.
    pub address: String,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EventKind {
    /// A link that continues a sign-up was asked for, whether the address is free or not.
    SignUpAsked,
    /// An account was created. If a sign-up needs no mail: its form was accepted, whether the address was free or not.
    SignedUp,
    UserLoggedIn,
    UserLoggedOut,
    UserLoadedFromCookie,
    UserLoadedFromRequest,
    UserLoginConfirmed,
    UserUnauthorized,
    UserNeedsRefresh,
    /// The current user was asked for, for the first time in this request.
    UserAccessed,
    PasswordChanged,
    /// A link for a new password was asked for, whether the address has an account or not.
    PasswordResetAsked,
    PasswordReset,
    EmailChangeAsked,
    EmailChanged,
    /// The change was stopped, or undone, from the old address.
    EmailKept,
    AccessTokenCreated,
    AccessTokenRevoked,
    /// Its user has asked for the deletion, and may come back for some days.
    AccountClosed,
    AccountKept,
    AccountDeleted,
    /// A user ended logins of other devices.
    SessionEnded,
    /// A session was used in another browser than the one it began in.
    SessionProtected,
    /// A user asked for a page that only other users may see.
    UserForbidden,
    /// A wrong password, or an unknown address.
    LoginFailed,
    InactiveUserRefused,
    /// Too many attempts, on an account or from an address.
    LoginThrottled,
    /// A cookie that this server did not sign, or cookies of two users.
    CookieTampered,
    /// An access token that is unknown, revoked or expired.
    TokenRefused,
    /// The site's pages do not send such a request: the wrong content type or host, too large, or invalid fields.
    RequestRefused,
    /// A cross-site request (CSRF).
    CrossSiteRefused,
    /// Replay of an old remember cookie: its whole token family ended.
    RememberStolen,
}

impl EventKind {
    /// The name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUpAsked => "sign_up_asked",
            Self::SignedUp => "signed_up",
            Self::UserLoggedIn => "user_logged_in",
            Self::UserLoggedOut => "user_logged_out",
            Self::UserLoadedFromCookie => "user_loaded_from_cookie",
            Self::UserLoadedFromRequest => "user_loaded_from_request",
            Self::UserLoginConfirmed => "user_login_confirmed",
            Self::UserUnauthorized => "user_unauthorized",
            Self::UserNeedsRefresh => "user_needs_refresh",
            Self::UserAccessed => "user_accessed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordResetAsked => "password_reset_asked",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::EmailKept => "email_kept",
            Self::AccessTokenCreated => "access_token_created",
            Self::AccessTokenRevoked => "access_token_revoked",
            Self::AccountClosed => "account_closed",
            Self::AccountKept => "account_kept",
            Self::AccountDeleted => "account_deleted",
            Self::SessionEnded => "session_ended",
            Self::SessionProtected => "session_protected",
            Self::UserForbidden => "user_forbidden",
            Self::LoginFailed => "login_failed",
            Self::InactiveUserRefused => "inactive_user_refused",
            Self::LoginThrottled => "login_throttled",
            Self::CookieTampered => "cookie_tampered",
            Self::TokenRefused => "token_refused",
            Self::RequestRefused => "request_refused",
            Self::CrossSiteRefused => "cross_site_refused",
            Self::RememberStolen => "remember_stolen",
        }
    }

    /// A possible attack.
    const fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::SessionProtected
                | Self::EmailKept
                | Self::CookieTampered
                | Self::TokenRefused
                | Self::LoginThrottled
                | Self::CrossSiteRefused
                | Self::RememberStolen
        )
    }

    /// Happens with every page.
    const fn is_everyday(self) -> bool {
        matches!(self, Self::UserAccessed)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Event {
    /// An event of a request whose user is not loaded; `proxies` as in `Options`.
    pub fn of(kind: EventKind, request: &Request, proxies: usize) -> Self {
        Self {
            kind,
            user_id: None,
            address: address(request, proxies),
        }
    }

    pub(super) fn write_to_the_log(&self) {
        let Self {
            kind,
            user_id,
            address,
        } = self;
        let user = user_id.as_deref().unwrap_or_default();
        if kind.is_alarming() {
            tracing::warn!(%kind, user, address);
        } else if kind.is_everyday() {
            tracing::debug!(%kind, user, address);
        } else {
            tracing::info!(%kind, user, address);
        }
    }
}
