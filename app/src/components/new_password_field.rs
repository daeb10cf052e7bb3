//! Yours. The input for a new password. The hydrated page asks the server which rule is broken as soon as the visitor leaves it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Field;
use crate::auth::Password;
use crate::auth::config::PASSWORD_MIN;
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// Whether the user, or a new one with this name and address, may choose `password`. Stores nothing. As JSON, `null`.
///
/// # Errors
/// The rule that it breaks.
#[server(endpoint = "check_password")]
pub async fn check_password(
    #[server(default)] password: Password,
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> Result<(), Error> {
    use crate::auth::{CurrentUser, auth};
    use crate::users::User;

    let auth = auth()?;
    let user = match auth.load_user().await? {
        CurrentUser::User(user) => user,
        CurrentUser::Guest(_) => User {
            email,
            name,
            ..User::default()
        },
    };
    Ok(auth.check_new_password(&user, &password.into())?)
}

#[component]
pub fn NewPasswordField(#[prop(into)] label: String) -> Erased {
    view! {
        <Field
            label
            name="password"
            kind="password"
            autocomplete="new-password"
            hint=text(Phrase::PasswordHint).into_owned()
            minlength=PASSWORD_MIN
            check=CheckPassword::PATH
        />
    }
    .erased()
}
