//! Core. What each change of an account ends, and who is told of it: one table, which the transactions below carry out.

use sqlx::query;
use strum::VariantArray;

use super::Authenticated;
use super::active_sessions::delete_other_logins;
use super::sessions::delete_logins;
use crate::auth::letters::Says;
use crate::database::WriteTransaction;

/// A change of an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq, VariantArray)]
pub enum Change {
    PasswordChanged,
    PasswordReset,
    EmailChanged,
    /// A change of the address is stopped, or undone, from the old box.
    EmailKept,
    AccessTokenCreated,
    /// The account is to be deleted, after the time in which its user may come back.
    AccountClosed,
    AccountKept,
    AccountDeleted,
    /// By the operator, as the next one.
    Deactivated,
    LoggedOut,
}

/// What a change ends, and who is told. Ended rows are deleted.
#[derive(Clone, Copy, Debug)]
pub struct Consequences {
    pub logins: Logins,
    pub tokens: Tokens,
    pub links: Links,
    pub told: &'static [(Recipient, Tells)],
}

/// Sessions and remembered devices.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Logins {
    Stay,
    /// All but that of the request.
    OthersEnd,
    End,
}

/// Access tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tokens {
    Stay,
    /// If the user wants it.
    MayEnd,
    End,
}

/// One-time links. A `keep_email` link, by which the old address undoes a change, stays valid: an attacker who has taken the account
/// over must not be able to end it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Links {
    Stay,
    End,
    /// Also those in old boxes that were made after the one that is used.
    LaterEnd,
    /// With the account.
    AllEnd,
}

/// An address that is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Recipient {
    /// The account's, after the change.
    Account,
    /// The one that it had before, if that was another.
    Other,
}

/// The letter, with the path of a link for those that have one.
pub type Tells = fn(String) -> Says;

impl Change {
    pub const fn consequences(self) -> Consequences {
        use Recipient::{Account, Other};

        #[rustfmt::skip]
        let (logins, tokens, links, told): (_, _, _, &'static [(Recipient, Tells)]) = match self {
            // ASVS 7.4.3: all other sessions end.
            Self::PasswordChanged    => (Logins::OthersEnd, Tokens::Stay,   Links::End,      &[(Account, |_| Says::PasswordChanged)]),
            Self::PasswordReset      => (Logins::End,       Tokens::MayEnd, Links::End,      &[(Account, |_| Says::PasswordReset)]),
            Self::EmailChanged       => (Logins::OthersEnd, Tokens::Stay,   Links::End,      &[(Account, |_| Says::EmailChanged), (Other, |_| Says::EmailChanged)]),
            Self::EmailKept          => (Logins::End,       Tokens::End,    Links::LaterEnd, &[(Account, |_| Says::EmailKept), (Other, |_| Says::EmailChanged)]),
            Self::AccessTokenCreated => (Logins::Stay,      Tokens::Stay,   Links::Stay,     &[(Account, |_| Says::AccessTokenCreated)]),
            // ASVS 7.4.2: the sessions of a deleted or deactivated account end.
            Self::AccountClosed      => (Logins::End,       Tokens::End,    Links::End,      &[(Account, |link| Says::AccountClosed { link })]),
            Self::AccountKept        => (Logins::Stay,      Tokens::Stay,   Links::End,      &[(Account, |_| Says::AccountKept)]),
            Self::AccountDeleted     => (Logins::End,       Tokens::End,    Links::AllEnd,   &[(Account, |_| Says::AccountDeleted)]),
            Self::Deactivated        => (Logins::End,       Tokens::End,    Links::End,      &[]),
            Self::LoggedOut          => (Logins::End,       Tokens::End,    Links::Stay,     &[]),
        };
        Consequences {
            logins,
            tokens,
            links,
            told,
        }
    }
}

/// What a row of the table leaves open.
#[derive(Clone, Copy, Default)]
pub(super) struct Spared<'a> {
    /// The request whose login stays.
    pub here: Option<&'a Authenticated>,
    /// The user keeps the access tokens that may end.
    pub tokens: bool,
    /// When the link was made that is used. Unix seconds.
    pub links_before: i64,
}

/// Ends what `change` ends.
pub(super) async fn end(
    write: &mut WriteTransaction,
    change: Change,
    user_id: &str,
    spared: Spared<'_>,
) -> Result<(), sqlx::Error> {
    let ends = change.consequences();
    match (ends.logins, spared.here) {
        (Logins::Stay, _) => {}
        (Logins::OthersEnd, Some(here)) => delete_other_logins(write, here).await?,
        (Logins::OthersEnd, None) | (Logins::End, _) => delete_logins(write, user_id).await?,
    }
    let tokens = "DELETE FROM access_tokens WHERE user_id = $1";
    match ends.tokens {
        Tokens::Stay => {}
        Tokens::MayEnd if spared.tokens => {}
        Tokens::MayEnd | Tokens::End => drop(write.execute(query(tokens).bind(user_id)).await?),
    }
    let links = match ends.links {
        Links::Stay => return Ok(()),
        Links::End => query("DELETE FROM links WHERE user_id = $1 AND purpose <> 'keep_email'").bind(user_id),
        Links::LaterEnd => query(
            "DELETE FROM links WHERE user_id = $1 AND (purpose <> 'keep_email' OR created_at >= $2)",
        )
        .bind(user_id)
        .bind(spared.links_before),
        Links::AllEnd => query("DELETE FROM links WHERE user_id = $1").bind(user_id),
    };
    write.execute(links).await.map(drop)
}
