//! Core. A sign-up that proves the address first: no account and no password exists before the link is used, so that an account
//! cannot be prepared for the owner of an address (pre-hijacking), and a wrong address makes none.

use secrecy::SecretString;

use super::{LinkKind, id_of_link};
use crate::auth::authenticate::SignUp;
use crate::auth::config::LINK_PAUSE;
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::Says;
use crate::auth::login_manager::AuthSession;
use crate::auth::records::SignUpMode;
use crate::auth::store::{Account, Email, Store};
use crate::error::Error;
use crate::users::User;

impl AuthSession {
    /// # Errors
    /// [`AuthError::SignUpClosed`]: visitors do not sign up in this way here.
    pub fn require_sign_up(&self, mode: SignUpMode) -> Result<(), AuthError> {
        let is_so = self.options().sign_up == mode;
        is_so.then_some(()).ok_or(AuthError::SignUpClosed)
    }

    /// # Errors
    /// [`AuthError::SignUpClosed`]: here is none, also not by a link that was sent before.
    pub(super) fn require_some_sign_up(&self) -> Result<(), AuthError> {
        let is_closed = self.options().sign_up == SignUpMode::Closed;
        (!is_closed).then_some(()).ok_or(AuthError::SignUpClosed)
    }

    /// Sends a link that continues a sign-up. The owner of an account that has this address, or had it lately and can get it back,
    /// gets a letter that says so. The answer and the work are the same (ASVS 6.3.8).
    ///
    /// # Errors
    /// [`AuthError::SignUpClosed`]; [`AuthError::InvalidEmail`]; [`AuthError::TooManyAttempts`] from this client;
    /// [`AuthError::NoMail`]; or the database failed.
    pub async fn send_sign_up_link(&self, email: &str) -> Result<(), AuthError> {
        self.require_sign_up(SignUpMode::Confirmed)?;
        let email = Email::read(email)?;
        self.count_request().await?;
        let found = self.store().find(&email.key).await?;
        let is_reserved = self.store().is_reserved(&email.key, self.now()).await?;
        let link = self.new_link(LinkKind::SignUp, &email, &email.key, None)?;
        let (to, says) = match &found {
            Some((account, _)) => (&account.user.email, Says::AddressTaken),
            None if is_reserved => (&email.typed, Says::AddressReserved),
            None => (&email.typed, Says::FinishSignUp { link: link.path }),
        };
        let letter = self.letter(to, says, link.row.expires_at);
        self.send_link(link.row, letter, Some(LINK_PAUSE)).await?;
        self.emit(EventKind::SignUpAsked, None);
        Ok(())
    }

    /// Sends an invitation: a link to sign up with. For the operator.
    ///
    /// # Errors
    /// [`AuthError::SignUpClosed`]; [`AuthError::AddressTaken`], also if an account can get the address back;
    /// [`AuthError::InvalidEmail`]; [`AuthError::NoMail`]; or the database failed.
    pub async fn invite(&self, email: &str) -> Result<(), AuthError> {
        self.require_some_sign_up()?;
        let email = Email::read(email)?;
        let is_taken = self.store().find(&email.key).await?.is_some();
        if is_taken || self.store().is_reserved(&email.key, self.now()).await? {
            return Err(AuthError::AddressTaken);
        }
        let link = self.new_link(LinkKind::Invitation, &email, &email.key, None)?;
        let says = Says::Invitation { link: link.path };
        let letter = self.letter(&email.typed, says, link.row.expires_at);
        self.send_link(link.row, letter, None).await
    }

    /// Creates an active user with the address of the link; the app's own fields are those of `user`. The app may add its own rows
    /// before it commits, and then log the account in.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`], also if the address was taken since; a field breaks a rule, and the link can still be used;
    /// [`AuthError::TooManyAttempts`]; [`AuthError::Busy`]; or the database failed.
    pub async fn finish_sign_up(
        &self,
        link: &str,
        user: User,
        password: &SecretString,
    ) -> Result<(SignUp, Account), Error> {
        self.require_some_sign_up()?;
        let address = self.sealed_address(LinkKind::SignUp, link).await?;
        let user = User {
            email: address,
            ..user
        };
        let mut sign_up = self.begin_sign_up(user, password).await?;
        let id = id_of_link(link)?;
        let name = LinkKind::SignUp.name();
        let is_valid = Store::use_link(&mut sign_up.write, &id, name, self.now()).await?;
        let user = sign_up.user.clone().filter(|_| is_valid);
        let user = user.ok_or(AuthError::LinkUnusable)?;
        let account = Account {
            user,
            password_version: 0,
            delete_at: None,
        };
        self.remember_device(&account)?;
        Ok((sign_up, account))
    }
}
