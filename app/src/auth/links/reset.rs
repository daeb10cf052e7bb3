//! Core. A forgotten password (OWASP, Forgot Password Cheat Sheet).

use secrecy::SecretString;

use super::{LinkKind, id_of_link};
use crate::auth::config::LINK_PAUSE;
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::{Affected, Letter, Says};
use crate::auth::login_manager::AuthSession;
use crate::auth::password::Client;
use crate::auth::store::{Account, Change, Email, LinkRow, Reset};

impl AuthSession {
    /// Sends a link that sets a new password, if there is an active account with this address; the user of a closed account gets one
    /// that keeps it. The answer and the work are the same if there is none (ASVS 6.3.8, 6.4.3).
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`]; [`AuthError::TooManyAttempts`] from this client; [`AuthError::NoMail`]; or the database failed.
    pub async fn send_reset_link(&self, email: &str) -> Result<(), AuthError> {
        self.post()?;
        let email = Email::read(email)?;
        self.count_request().await?;
        let found = self.store().find(&email.key).await?;
        let account = found.map(|(account, _)| account);
        let (link, letter) = match account.as_ref().map(|account| (account, account.delete_at)) {
            Some((account, Some(delete_at))) if delete_at > self.now() => {
                self.letter_that_keeps(account, delete_at)?
            }
            _ => self.letter_that_resets(&email, account.as_ref())?,
        };
        self.send_link(link, letter, Some(LINK_PAUSE)).await?;
        self.emit(EventKind::PasswordResetAsked, None);
        Ok(())
    }

    fn letter_that_resets(
        &self,
        email: &Email,
        account: Option<&Account>,
    ) -> Result<(LinkRow, Letter), AuthError> {
        let account = account.filter(|account| account.user.is_active);
        let link = self.new_link(LinkKind::Reset, email, &email.key, account)?;
        // To the address of the account: another spelling of it could be another mailbox.
        let to = account.map_or(&email.typed, |account| &account.user.email);
        let says = Says::ResetPassword { link: link.path };
        let letter = Letter {
            is_sent: account.is_some(),
            ..self.letter(to, says, link.row.expires_at)
        };
        Ok((link.row, letter))
    }

    /// Sets a new password by a link, ends every login of the account and its other links, and its access tokens with `end_tokens`.
    /// It does not log in: the link alone gives no session (OWASP, Forgot Password Cheat Sheet).
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]; the password breaks a rule, and the link can still be used; [`AuthError::TooManyAttempts`];
    /// [`AuthError::Busy`]; or the database failed.
    pub async fn reset_password(
        &self,
        link: &str,
        password: &SecretString,
        end_tokens: bool,
    ) -> Result<(), AuthError> {
        let id = id_of_link(link)?;
        self.count_request().await?;
        let (account, email_key) = self.link_account(LinkKind::Reset, link).await?;
        let client = Client::Known(account.user.id.clone());
        let hash = self.new_hash(&account.user, password, &client).await?;
        let here = self.load().await?;
        let reset = Reset {
            account: &account,
            email_key: &email_key,
            link: (&id, LinkKind::Reset.name()),
            hash: &hash,
            end_tokens,
        };
        let mut write = self.store().reset_password(reset, self.now()).await?;
        let affected = Affected::from(&account.user);
        self.tell_of(&mut write, Change::PasswordReset, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::PasswordReset, Some(&account.user.id));
        self.forget_login_of(here, &account.user.id).await;
        Ok(())
    }
}
