//! Yours. The user that `./dev seed` makes, to try the site with. Add rows of your own here.

use secrecy::SecretString;

use super::User;
use crate::auth::AuthSession;
use crate::error::Error;

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "a few words in a row";

/// Creates the user, if the address is free. In development only: everyone knows the password.
///
/// # Errors
/// A rule of your own refuses the user, or the database failed.
pub async fn seed(auth: &AuthSession) -> Result<(), Error> {
    let user = User {
        name: "Ada Lovelace".into(),
        email: EMAIL.into(),
        ..User::default()
    };
    auth.sign_up(user, &SecretString::from(PASSWORD)).await
}
