//! Core. How a request tells a user by mail what has happened to their account.

use std::time::Duration;

use super::{Cause, Letter, Says};
use crate::auth::config::{LANGUAGE, NOTICE_LIFE, WARNING_PAUSE, seconds};
use crate::auth::error::AuthError;
use crate::auth::login_manager::AuthSession;
use crate::auth::remember_me::device_fingerprint;
use crate::auth::session::{browser, hashed};
use crate::auth::store::{Account, Change, Email, Recipient, Store};
use crate::database::WriteTransaction;
use crate::language::language;
use crate::users::User;

/// Whom a change concerns.
pub struct Affected<'a> {
    /// With the address after the change.
    pub user: &'a User,
    /// The address before it, if the change is one of the address.
    pub before: Option<&'a str>,
    /// The path of the letters' link, and when they are of no use any more (Unix seconds).
    pub link: Option<(String, i64)>,
    /// The code of the letters' language. `None`: that of the request.
    pub language: Option<String>,
}

impl<'a> From<&'a User> for Affected<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            user,
            before: None,
            link: None,
            language: None,
        }
    }
}

impl AuthSession {
    /// Whether the site can send mail.
    pub fn has_mail(&self) -> bool {
        self.options().post.is_some()
    }

    /// Adds what has happened to the history of `user`, and a letter to what `write` commits, if the site sends mail. [`Self::commit`] it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tell(
        &self,
        write: &mut WriteTransaction,
        user: &User,
        says: Says,
    ) -> Result<(), AuthError> {
        let cause = self.cause();
        Store::insert_history(write, &user.id, says.name(), &cause).await?;
        let expires_at = self.now() + seconds(NOTICE_LIFE);
        self.put(write, &user.email, says, &cause, expires_at).await
    }

    /// The same for a change, and for everyone whom its row in the table of consequences names.
    pub(in crate::auth) async fn tell_of(
        &self,
        write: &mut WriteTransaction,
        change: Change,
        affected: Affected<'_>,
    ) -> Result<(), AuthError> {
        let Affected {
            user,
            before,
            link,
            language,
        } = affected;
        let mut cause = self.cause();
        cause.language = language.or(cause.language);
        // A script may repeat a change again and again. A link is always sent.
        let key = format!("told:{change:?}:{}", user.id);
        let is_told = link.is_some()
            || (self.has_mail()
                && Store::claim_mail(write, &key, self.now(), Duration::ZERO).await?);
        let (path, expires_at) =
            link.unwrap_or_else(|| (String::new(), self.now() + seconds(NOTICE_LIFE)));
        for (recipient, tells) in change.consequences().told {
            let says = tells(path.clone());
            let to = match recipient {
                Recipient::Account => Some(&*user.email),
                Recipient::Other => before.filter(|before| *before != user.email),
            };
            let Some(to) = to else {
                continue;
            };
            // The history of a deleted account is deleted, too.
            if *recipient == Recipient::Account && change != Change::AccountDeleted {
                Store::insert_history(write, &user.id, says.name(), &cause).await?;
            }
            if is_told {
                self.put(write, to, says, &cause, expires_at).await?;
            }
        }
        Ok(())
    }

    /// Adds a letter to the address `to`, if the site sends mail.
    async fn put(
        &self,
        write: &mut WriteTransaction,
        to: &str,
        says: Says,
        cause: &Cause,
        expires_at: i64,
    ) -> Result<(), AuthError> {
        let Some(post) = &self.options().post else {
            return Ok(());
        };
        let letter = Letter {
            cause: cause.clone(),
            ..self.letter(to, says, expires_at)
        };
        post.put(write, letter).await
    }

    /// Warns the owner of an account of many wrong passwords, once a day. The work is the same for an address without an account.
    pub(in crate::auth) async fn warn_of_attempts(&self, email: &Email, account: Option<&Account>) {
        if let Err(error) = self.try_to_warn(email, account).await {
            tracing::warn!(?error, "a warning of attempts was not stored");
        }
    }

    async fn try_to_warn(&self, email: &Email, account: Option<&Account>) -> Result<(), AuthError> {
        let Some(post) = &self.options().post else {
            return Ok(());
        };
        let mut write = self.store().database.begin_write().await?;
        let key = format!("warned:{}", hashed(&email.key));
        if Store::claim_mail(&mut write, &key, self.now(), WARNING_PAUSE).await? {
            let to = account.map_or(&email.typed, |account| &account.user.email);
            let expires_at = self.now() + seconds(NOTICE_LIFE);
            let letter = Letter {
                is_sent: account.is_some(),
                ..self.letter(to, Says::ManyAttempts, expires_at)
            };
            post.put(&mut write, letter).await?;
        }
        self.commit(write).await
    }

    /// Adds a login with a browser that is new to the account to the history of its user, and tells the user: a device cookie makes
    /// a browser known. Programs that keep no cookies count once a day.
    pub(in crate::auth) async fn tell_of_login(
        &self,
        write: &mut WriteTransaction,
        account: &Account,
    ) -> Result<(), AuthError> {
        let known = self.request().known_device();
        if known.is_some_and(|(known, _)| known == device_fingerprint(account)) {
            return Ok(());
        }
        let (id, program) = (&account.user.id, browser(&self.request().user_agent));
        let place = hashed(format!("{id} {program} {}", self.network()));
        let key = format!("login:{place}");
        if Store::claim_mail(write, &key, self.now(), WARNING_PAUSE).await? {
            self.tell(write, &account.user, Says::NewLogin).await?;
        }
        Ok(())
    }

    /// Commits a change with its letters.
    ///
    /// # Errors
    /// The database failed.
    pub async fn commit(&self, write: WriteTransaction) -> Result<(), AuthError> {
        write.commit().await?;
        if let Some(post) = &self.options().post {
            post.wake();
        }
        Ok(())
    }

    /// A letter that this request causes, of use until `expires_at` (Unix seconds).
    pub(in crate::auth) fn letter(&self, to: &str, says: Says, expires_at: i64) -> Letter {
        Letter {
            to: to.to_owned(),
            is_sent: true,
            says,
            cause: self.cause(),
            expires_at,
        }
    }

    /// This request, as the cause of a letter.
    pub(in crate::auth) fn cause(&self) -> Cause {
        Cause {
            at: self.now(),
            user_agent: self.request().user_agent.clone(),
            address: self.request().address.clone(),
            language: self.language(),
        }
    }

    /// The code of the language that the visitor reads: chosen, or that of the request.
    pub(in crate::auth) fn language(&self) -> Option<String> {
        let of_request = || Some(language()).filter(|code| !code.is_empty());
        self.kept(LANGUAGE).or_else(of_request)
    }
}
