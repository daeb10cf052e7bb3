//! Core. Another address for an account. It takes effect by a link in the new box, while its user is logged in. The old
//! address gets a mail at once, with a link that stops the change. For three days this link also undoes a change that was made, so
//! that an attacker with a stolen session cannot keep the account.

use super::{LinkKind, id_of_link};
use crate::auth::config::{EMAIL_CHANGE_PAUSE, LINK_PAUSE};
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::{Affected, Letter, Says};
use crate::auth::login_manager::AuthSession;
use crate::auth::session::hashed;
use crate::auth::store::{Account, Change, Email, NewAddress, Store};
use crate::users::User;

impl AuthSession {
    /// Sends a link to `email` that makes it the address of the logged-in user, and a link to the present address that stops it. If
    /// another account has the address, its owner is told; the answer and the work are the same (ASVS 6.3.8). Require a fresh login
    /// first (ASVS 7.5.1).
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]; [`AuthError::InvalidEmail`]; [`AuthError::EmailUnchanged`]; [`AuthError::TooManyAttempts`];
    /// [`AuthError::NoMail`]; or the database failed.
    pub async fn send_email_links(&self, email: &str) -> Result<(), AuthError> {
        let post = self.post()?;
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let account = &here.account;
        let (new, old) = (Email::read(email)?, Email::read(&account.user.email)?);
        if new.typed == old.typed {
            return Err(AuthError::EmailUnchanged);
        }
        self.count_request().await?;
        let found = self.store().find(&new.key).await?;
        let owner = found.map(|(owner, _)| owner.user);
        let owner = owner.filter(|owner| owner.id != account.user.id);
        let change = self.new_link(LinkKind::ChangeEmail, &new, &old.key, Some(account))?;
        let keep = self.new_link(LinkKind::KeepEmail, &old, &old.key, Some(account))?;
        let (to, says) = match owner {
            Some(owner) => (owner.email, Says::AddressWanted),
            None => (new.typed.clone(), Says::ConfirmEmail { link: change.path }),
        };
        let stop = Says::EmailChangeAsked { link: keep.path };
        let letters = [
            (to, says, change.row.expires_at),
            (old.typed, stop, keep.row.expires_at),
        ];

        let mut write = self.store().begin_in_session(&here).await?;
        let to_new = format!("mail:change_email:{}", hashed(&new.key));
        let of_user = format!("mail:change_email_of:{}", account.user.id);
        let now = self.now();
        // In this order: a request that sends nothing takes no turn of other users.
        let is_sent = Store::claim_mail(&mut write, &of_user, now, EMAIL_CHANGE_PAUSE).await?
            && Store::claim_mail(&mut write, &to_new, now, LINK_PAUSE).await?;
        for link in [change.row, keep.row] {
            Store::insert_link(&mut write, &link.if_sent(is_sent)).await?;
        }
        for (to, says, expires_at) in letters {
            let letter = Letter {
                is_sent,
                ..self.letter(&to, says, expires_at)
            };
            post.put(&mut write, letter).await?;
        }
        self.commit(write).await?;
        self.emit(EventKind::EmailChangeAsked, Some(&account.user.id));
        Ok(())
    }

    /// Makes the address of the link that of the logged-in user, and ends their other logins and their links but the one that undoes
    /// this. Require a fresh login first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]; [`AuthError::LinkUnusable`], also for a link of another user, and if the address was taken
    /// since; or the database failed.
    pub async fn change_email(&self, link: &str) -> Result<User, AuthError> {
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let (account, _) = self.link_account(LinkKind::ChangeEmail, link).await?;
        if account.user.id != here.user().id {
            return Err(AuthError::LinkUnusable);
        }
        let new = Email::read(&self.sealed_address(LinkKind::ChangeEmail, link).await?)?;
        let id = id_of_link(link)?;
        let change = NewAddress {
            user_id: &account.user.id,
            email: &new,
            link: (&id, LinkKind::ChangeEmail.name()),
        };
        let mut write = self.store().change_email(change, &here, self.now()).await?;
        let user = User {
            email: new.typed,
            ..account.user.clone()
        };
        let affected = Affected {
            before: Some(&account.user.email),
            ..Affected::from(&user)
        };
        self.tell_of(&mut write, Change::EmailChanged, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::EmailChanged, Some(&user.id));
        *self.loaded().lock().await = None;
        self.remember_device(&Account {
            user: user.clone(),
            password_version: account.password_version + 1,
            ..account
        })?;
        Ok(user)
    }

    /// Stops a change of the address, or undoes it, and ends every login, every access token and the password of the account: another
    /// person may have asked for the change, and know the password. A link sets a new one.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`], also if another account has the address by now; or the database failed.
    pub async fn keep_email(&self, link: &str) -> Result<(), AuthError> {
        self.count_request().await?;
        let id = id_of_link(link)?;
        let old = Email::read(&self.sealed_address(LinkKind::KeepEmail, link).await?)?;
        let (name, now) = (LinkKind::KeepEmail.name(), self.now());
        let found = self.store().link_user(&id, name, now).await?;
        let (user_id, made_at) = found.ok_or(AuthError::LinkUnusable)?;
        let here = self.load().await?;
        let keep = NewAddress {
            user_id: &user_id,
            email: &old,
            link: (&id, name),
        };
        let kept = self.store().keep_email(keep, made_at, now).await?;
        let (mut write, had) = kept;
        let user = User {
            id: user_id.clone(),
            email: old.typed,
            ..User::default()
        };
        let affected = Affected {
            before: Some(&had),
            ..Affected::from(&user)
        };
        self.tell_of(&mut write, Change::EmailKept, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::EmailKept, Some(&user_id));
        self.forget_login_of(here, &user_id).await;
        Ok(())
    }
}
