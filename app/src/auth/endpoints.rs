//! Core. The core's own server functions: confirm the password, log out, and whether the login is fresh. The first two are POST, so
//! that no link, image or prefetch calls them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::password::Password;
use super::records::CurrentUser;
use crate::error::Error;

/// Ends the session of the request. Harmless for a guest. As JSON, the guest that the visitor is now.
///
/// # Errors
/// The session could not be ended, and the visitor is still logged in.
#[server(endpoint = "logout")]
pub async fn logout() -> Result<CurrentUser, Error> {
    use super::config::HOME_PATH;
    use super::{AuthNotice, answer, auth};

    let auth = auth()?;
    let mut home = answer(HOME_PATH);
    if matches!(auth.load_user().await, Ok(CurrentUser::User(_))) {
        home = home.notice(AuthNotice::LoggedOut);
    }
    home.run(async {
        auth.logout_user().await?;
        Ok(auth.load_user().await?)
    })
    .await
}

/// Confirms the password: the login is fresh again. As JSON, `null`.
///
/// # Errors
/// `WrongPassword`; `TryAgainIn` and `PasswordLocked` after several of these; `LoginRequired` for a guest.
#[server(endpoint = "confirm")]
pub async fn confirm(
    #[server(default)] current_password: Password,
    #[server(default)] next: String,
    /// What was typed into the form that was rejected, packed: it is filled in there again.
    #[server(default)]
    typed: String,
) -> Result<(), Error> {
    use super::config::CONFIRM_PATH;
    use super::guards::next::{login_url, safe_next};
    use super::{answer, auth, login_required};

    let next = safe_next(&next);
    answer(login_url(CONFIRM_PATH, next))
        .typed_before(&typed)
        .resume(next)
        .then(next)
        .run(async {
            login_required().await?;
            let auth = auth()?;
            auth.check_password(&current_password.into()).await?;
            Ok(auth.confirm_login().await?)
        })
        .await
}

/// Whether the password was given recently. JSON: `true` or `false`.
///
/// # Errors
/// `LoginRequired` for a guest.
#[server(name = LoginFresh, endpoint = "login_fresh", input = GetUrl)]
pub async fn login_fresh() -> Result<bool, Error> {
    super::login_required().await?;
    Ok(super::auth()?.login_fresh().await?)
}
