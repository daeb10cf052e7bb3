//! Core. The end of an account: it is closed first, and a link in a mail keeps it until it is deleted. An attacker with a stolen
//! session therefore cannot destroy an account at once, and a user who opens the account again has lost only logins and access tokens.

use super::{LinkKind, NewLink, id_of_link};
use crate::auth::config::{DELETION_DAYS_MAX, DELETION_DAYS_MIN, LINK_PAUSE};
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::{Affected, Letter, Says};
use crate::auth::login_manager::AuthSession;
use crate::auth::store::{Account, Authenticated, Change, Email, LinkRow, Store};
use crate::users::User;

const DAY: i64 = 24 * 60 * 60;

impl AuthSession {
    /// For how many days an account that its user deletes can be kept. `None`: it is deleted at once.
    pub fn days_to_keep(&self) -> Option<u32> {
        let days = self.options().deletion_days;
        let days = (days > 0).then_some(days.clamp(DELETION_DAYS_MIN, DELETION_DAYS_MAX));
        days.filter(|_| self.has_mail())
    }

    /// Closes the account of this request: every login and access token ends, and new logins are refused. It is deleted after so
    /// many `days`.
    pub(in crate::auth) async fn close_account(
        &self,
        here: &Authenticated,
        days: u32,
    ) -> Result<(), AuthError> {
        let account = &here.account;
        let now = self.now();
        let delete_at = now + i64::from(days) * DAY;
        let link = self.link_that_keeps(account, delete_at)?;
        let language = self.language();
        let closed = self
            .store()
            .close_account(here, delete_at, language.as_deref(), now);
        let mut write = closed.await?;
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
        match account.delete_at {
            None => AuthError::Inactive,
            // The job that deletes it is about to run.
            Some(delete_at) if delete_at <= self.now() => AuthError::InvalidCredentials,
            Some(delete_at) => match self.send_link_again(account, delete_at).await {
                Ok(()) => AuthError::AccountClosed,
                Err(error) => error,
            },
        }
    }

    /// The link is stored only if its mail is sent, so that repeated logins store no rows.
    async fn send_link_again(&self, account: &Account, delete_at: i64) -> Result<(), AuthError> {
        let Some(post) = &self.options().post else {
            return Ok(());
        };
        let (link, letter) = self.letter_that_keeps(account, delete_at)?;
        let Some(mut write) = self.store().begin_for_closed(account).await? else {
            return Ok(());
        };
        if !self.claim(&mut write, &link, LINK_PAUSE).await? {
            return Ok(());
        }
        Store::insert_link(&mut write, &link).await?;
        post.put(&mut write, letter).await?;
        self.commit(write).await
    }

    /// The letter of the closing again, with a new link.
    pub(super) fn letter_that_keeps(
        &self,
        account: &Account,
        delete_at: i64,
    ) -> Result<(LinkRow, Letter), AuthError> {
        let link = self.link_that_keeps(account, delete_at)?;
        let says = Says::AccountClosed { link: link.path };
        let mut letter = self.letter(&account.user.email, says, delete_at);
        // The device of this request has closed nothing.
        letter.cause.user_agent.clear();
        Ok((link.row, letter))
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
        let (name, now) = (LinkKind::KeepAccount.name(), self.now());
        let found = self.store().link_user(&id, name, now).await?;
        let (user_id, _) = found.ok_or(AuthError::LinkUnusable)?;
        let kept = self.store().keep_account(&user_id, (&id, name), now).await;
        let (mut write, email) = kept?;
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

    /// Deletes the accounts that have been closed for long enough. One that cannot be deleted does not keep the others.
    pub(in crate::auth) async fn delete_closed_accounts(&self) -> Result<(), AuthError> {
        let now = self.now();
        let (mut after, mut result) = (String::new(), Ok(()));
        loop {
            let due = self.store().users_to_delete(now, &after).await?;
            let Some(last) = due.last() else {
                return result;
            };
            after.clone_from(last);
            for id in &due {
                if let Err(error) = self.delete_user(id, Some(now)).await {
                    tracing::error!(?error, user = id, "a closed account cannot be deleted");
                    result = Err(error);
                }
            }
        }
    }

    /// Deletes a user, with `due_by` only if the account is closed and its time has come by then. It is no error if there is none.
    pub(in crate::auth) async fn delete_user(
        &self,
        user_id: &str,
        due_by: Option<i64>,
    ) -> Result<(), AuthError> {
        let found = self.store().begin_deletion(user_id, due_by).await?;
        let Some((mut write, email, language)) = found else {
            return Ok(());
        };
        Store::delete_user(&mut write, user_id).await?;
        let user = User {
            id: user_id.to_owned(),
            email,
            ..User::default()
        };
        let affected = Affected {
            language,
            ..Affected::from(&user)
        };
        self.tell_of(&mut write, Change::AccountDeleted, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::AccountDeleted, Some(user_id));
        Ok(())
    }
}
