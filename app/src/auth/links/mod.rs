//! Core. This room knows one-time links: what each is for, how long it lives, and what it does. It asks the manager and the store.
//!
//! A link holds 256 random bits, of which the database has the hash (ASVS 6.5.2). It is bound to a purpose, an address and the
//! account's password, and works once. To look at its page changes nothing, because mail scanners open links; the form on the page
//! uses it. The form is checked before the link is used up.

mod closed;
mod email;
mod reset;
mod sign_up;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use strum::EnumString;

use super::config::{
    CHANGE_EMAIL_LIFE, FINISH_SIGN_UP_PATH, INVITATION_LIFE, KEEP_ACCOUNT_PATH, KEEP_EMAIL_LIFE,
    KEEP_EMAIL_PATH, NEW_EMAIL_PATH, RESET_LIFE, RESET_PATH, SIGN_UP_LIFE, seconds,
};
use super::error::AuthError;
use super::letters::{Letter, Post};
use super::login_manager::AuthSession;
use super::session::{Purpose, hashed, id_of, random_token};
use super::store::{Account, Authenticated, Email, LinkRow, Store};
use crate::database::WriteTransaction;

/// What a link is for.
#[derive(Clone, Copy, Debug, EnumString, Eq, PartialEq)]
#[strum(serialize_all = "snake_case")]
pub enum LinkKind {
    SignUp,
    /// As [`Self::SignUp`], from the operator.
    Invitation,
    Reset,
    /// To the new address.
    ChangeEmail,
    /// To the old one.
    KeepEmail,
    /// To the user of a closed account.
    KeepAccount,
}

impl LinkKind {
    /// The name in the database, the page, and the life in seconds.
    fn details(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::SignUp => ("sign_up", FINISH_SIGN_UP_PATH, seconds(SIGN_UP_LIFE)),
            Self::Invitation => ("sign_up", FINISH_SIGN_UP_PATH, seconds(INVITATION_LIFE)),
            Self::Reset => ("reset", RESET_PATH, seconds(RESET_LIFE)),
            Self::ChangeEmail => ("change_email", NEW_EMAIL_PATH, seconds(CHANGE_EMAIL_LIFE)),
            Self::KeepEmail => ("keep_email", KEEP_EMAIL_PATH, seconds(KEEP_EMAIL_LIFE)),
            // Until the account is deleted: see `closed.rs`.
            Self::KeepAccount => ("keep_account", KEEP_ACCOUNT_PATH, 0),
        }
    }

    fn name(self) -> &'static str {
        self.details().0
    }
}

/// A new link: its row, and the path in the mail.
struct NewLink {
    row: LinkRow,
    path: String,
}

impl AuthSession {
    /// The address to which a link was sent, whose page is shown: nothing changes.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]: it is used, has expired, or is another's; [`AuthError::SignUpClosed`]; or the database failed.
    pub async fn link_address(&self, kind: LinkKind, link: &str) -> Result<String, AuthError> {
        self.set_personal();
        if kind == LinkKind::SignUp {
            self.require_some_sign_up()?;
        }
        if matches!(kind, LinkKind::Reset | LinkKind::ChangeEmail) {
            self.link_account(kind, link).await?;
        }
        self.sealed_address(kind, link).await
    }

    /// The address of a link that is not used, whatever has become of its account.
    async fn sealed_address(&self, kind: LinkKind, link: &str) -> Result<String, AuthError> {
        let id = id_of_link(link)?;
        let (name, now) = (kind.name(), self.now());
        let address = self.store().link_address(&id, name, now).await?;
        let address = address.and_then(|address| self.manager().sealing().open(&id, &address));
        let address = address.and_then(|address| String::from_utf8(address).ok());
        address.ok_or(AuthError::LinkUnusable)
    }

    /// The account of a link, and its normalised address.
    async fn link_account(
        &self,
        kind: LinkKind,
        link: &str,
    ) -> Result<(Account, String), AuthError> {
        let id = id_of_link(link)?;
        let (name, now) = (kind.name(), self.now());
        let found = self.store().link_account(&id, name, now).await?;
        found.ok_or(AuthError::LinkUnusable)
    }

    /// # Errors
    /// [`AuthError::NoMail`].
    fn post(&self) -> Result<&dyn Post, AuthError> {
        self.options().post.as_deref().ok_or(AuthError::NoMail)
    }

    /// A link for the address `to`. It works while the `account`, if there is one, has the normalised address `bound_to`.
    fn new_link(
        &self,
        kind: LinkKind,
        to: &Email,
        bound_to: &str,
        account: Option<&Account>,
    ) -> Result<NewLink, AuthError> {
        let (name, page, life) = kind.details();
        let token = random_token()?;
        let id = id_of(token);
        let now = self.now();
        Ok(NewLink {
            path: format!("{page}?link={}", URL_SAFE_NO_PAD.encode(token)),
            row: LinkRow {
                purpose: name,
                user_id: account.map(|account| account.user.id.clone()),
                address: self.manager().sealing().seal(&id, to.typed.as_bytes())?,
                email_key: hashed(bound_to),
                password_version: account.map_or(0, |account| account.password_version),
                created_at: now,
                expires_at: now + life,
                id,
            },
        })
    }

    /// Stores a link and a letter with it, in one transaction. Within the `pause` after another one to the same address, and after
    /// several in a day, the letter is not sent, after the same work.
    async fn send_link(
        &self,
        link: LinkRow,
        mut letter: Letter,
        pause: Option<Duration>,
    ) -> Result<(), AuthError> {
        let post = self.post()?;
        let mut write = self.store().database.begin_write().await?;
        let is_claimed = match pause {
            Some(pause) => self.claim(&mut write, &link, pause).await?,
            None => true,
        };
        letter.is_sent &= is_claimed;
        Store::insert_link(&mut write, &link.if_sent(letter.is_sent)).await?;
        post.put(&mut write, letter).await?;
        self.commit(write).await
    }

    /// Takes the place of one mail with such a link. Requests for an address without an account take none of its later account.
    async fn claim(
        &self,
        write: &mut WriteTransaction,
        link: &LinkRow,
        pause: Duration,
    ) -> Result<bool, AuthError> {
        let user = link.user_id.as_deref().unwrap_or_default();
        let key = format!("mail:{}:{}:{user}", link.purpose, link.email_key);
        Store::claim_mail(write, &key, self.now(), pause).await
    }

    /// Ends the login of this browser, if it is of the user whose logins have all ended.
    async fn forget_login_of(&self, here: Option<Authenticated>, user_id: &str) {
        if here.is_some_and(|here| here.user().id == user_id) {
            self.request().clear_cookie(Purpose::Session);
            self.request().clear_cookie(Purpose::Remember);
            *self.loaded().lock().await = Some(Ok(None));
        }
    }
}

/// The id of the row of a link.
fn id_of_link(link: &str) -> Result<String, AuthError> {
    let token = URL_SAFE_NO_PAD.decode(link).ok();
    let token = token.filter(|token| token.len() == 32);
    token.map(id_of).ok_or(AuthError::LinkUnusable)
}
