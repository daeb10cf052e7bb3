//! Core. The end of an account: it is closed first, and a link in the mail that says so keeps it until it is deleted. So who has
//! stolen a session cannot destroy an account, and who changes their mind has lost nothing but the logins.

use super::{LinkKind, NewLink, id_of_link};
use crate::auth::config::{DELETION_DAYS_MAX, LINK_PAUSE};
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::{Affected, Says};
use crate::auth::login_manager::AuthSession;
use crate::auth::store::{Account, Authenticated, Change, Email, Store};
use crate::users::User;

const DAY: i64 = 24 * 60 * 60;

impl AuthSession {
    /// Whether an account that its user deletes can be kept for a while: there is mail, and a time for it.
    pub fn can_keep_account(&self) -> bool {
        self.has_mail() && self.options().deletion_days > 0
    }

    /// Closes the account of this request: every login and access token ends, and nobody can log in. It is deleted later.
    pub(in crate::auth) async fn close_account(
        &self,
        here: &Authenticated,
    ) -> Result<(), AuthError> {
        let account = &here.account;
        let days = self.options().deletion_days.min(DELETION_DAYS_MAX);
        let delete_at = self.now() + i64::from(days) * DAY;
        let link = self.link_that_keeps(account, delete_at)?;
        let mut write = self.store().close_account(here, delete_at).await?;
        Store::insert_link(&mut write, &link.row).await?;
        let affected = Affected {
            link: Some((link.path, delete_at)),
            ..Affected::from(&account.user)
        };
        self.tell_of(&mut write, Change::AccountClosed, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::AccountClosed, Some(&account.user.id));
        Ok(())
    }

    /// Why a user who has given the right password cannot log in. A user whose account is closed gets the link again.
    pub(in crate::auth) async fn refuse_inactive(&self, account: &Account) -> AuthError {
        self.emit(EventKind::InactiveUserRefused, Some(&account.user.id));
        let Some(delete_at) = account.delete_at else {
            return AuthError::Inactive;
        };
        if self.has_mail()
            && let Err(error) = self.send_link_again(account, delete_at).await
        {
            return error;
        }
        AuthError::AccountClosed
    }

    async fn send_link_again(&self, account: &Account, delete_at: i64) -> Result<(), AuthError> {
        let link = self.link_that_keeps(account, delete_at)?;
        let says = Says::AccountClosed { link: link.path };
        self.send_link(&link.row, &account.user.email, true, says, Some(LINK_PAUSE))
            .await
    }

    fn link_that_keeps(&self, account: &Account, delete_at: i64) -> Result<NewLink, AuthError> {
        let address = Email::read(&account.user.email)?;
        let mut link =
            self.new_link(LinkKind::KeepAccount, &address, &address.key, Some(account))?;
        link.row.expires_at = delete_at;
        Ok(link)
    }

    /// Opens a closed account again by a link. It does not log in.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`], also if the account is open; [`AuthError::TooManyAttempts`]; or the database failed.
    pub async fn keep_account(&self, link: &str) -> Result<(), AuthError> {
        self.count_request().await?;
        let id = id_of_link(link)?;
        let email = self.sealed_address(LinkKind::KeepAccount, link).await?;
        let (name, now) = (LinkKind::KeepAccount.name(), self.now());
        let found = self.store().link_user(&id, name, now).await?;
        let (user_id, _) = found.ok_or(AuthError::LinkUnusable)?;
        let kept = self.store().keep_account(&user_id, (&id, name), now).await;
        let mut write = kept?;
        let user = User {
            id: user_id,
            email,
            ..User::default()
        };
        self.tell_of(&mut write, Change::AccountKept, (&user).into())
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::AccountKept, Some(&user.id));
        Ok(())
    }

    /// Deletes the accounts that have been closed for long enough.
    pub(in crate::auth) async fn delete_closed_accounts(&self) -> Result<(), AuthError> {
        loop {
            let now = self.now();
            let due = self.store().users_to_delete(now).await?;
            if due.is_empty() {
                return Ok(());
            }
            for id in due {
                self.delete_user(&id, Some(now)).await?;
            }
        }
    }

    /// Deletes a user, with `due_by` only if the account is closed until then. It is no error if there is none.
    pub(in crate::auth) async fn delete_user(
        &self,
        user_id: &str,
        due_by: Option<i64>,
    ) -> Result<(), AuthError> {
        let found = self.store().begin_deletion(user_id, due_by).await?;
        let Some((mut write, email)) = found else {
            return Ok(());
        };
        Store::delete_user(&mut write, user_id).await?;
        let user = User {
            id: user_id.to_owned(),
            email,
            ..User::default()
        };
        self.tell_of(&mut write, Change::AccountDeleted, (&user).into())
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::AccountDeleted, Some(user_id));
        Ok(())
    }
}
