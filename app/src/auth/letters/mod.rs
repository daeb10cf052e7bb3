//! Core. This room knows what the login tells people by mail; it knows no mail server, no text and no table.

mod tell;

pub use tell::Affected;

use std::path::Path;

use futures_util::future::BoxFuture;
use strum::{IntoStaticStr, VariantNames};

use super::error::AuthError;
use crate::database::WriteTransaction;

/// One mail to one address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Letter {
    /// The address, as it was typed.
    pub to: String,
    /// `false`: it is written and stored like any other, and thrown away, so that an address without an account costs the same time
    /// (no user enumeration, ASVS 6.3.8).
    pub is_sent: bool,
    pub says: Says,
    /// The request that caused it.
    pub cause: Cause,
    /// After this it is of no use, and is not sent any more. Unix seconds.
    pub expires_at: i64,
}

/// What a letter says. `link` is a path of the site with a one-time token.
#[derive(Clone, Debug, Eq, IntoStaticStr, PartialEq, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Says {
    /// To a new address: the link continues the sign-up.
    FinishSignUp {
        link: String,
    },
    /// To the owner of an account whose address was given at a sign-up.
    AddressTaken,
    /// To an address that was given at a sign-up, and that an account can get back by a link of an earlier letter.
    AddressReserved,
    /// The link sets a new password.
    ResetPassword {
        link: String,
    },
    PasswordReset,
    PasswordChanged,
    /// To a new address of an account: the link makes it the address.
    ConfirmEmail {
        link: String,
    },
    /// To the owner of an account, whose address another user wants.
    AddressWanted,
    /// To the old address: the link stops the change.
    EmailChangeAsked {
        link: String,
    },
    EmailChanged,
    /// The change is stopped, or undone.
    EmailKept,
    /// A login with a browser that is new to the account.
    NewLogin,
    AccessTokenCreated,
    /// The account will be deleted when the letter expires: the link keeps it.
    AccountClosed {
        link: String,
    },
    AccountKept,
    AccountDeleted,
    /// Many wrong passwords in a row.
    ManyAttempts,
    /// From the operator: the link continues a sign-up.
    Invitation {
        link: String,
    },
    /// The operator tries whether mail arrives.
    Test,
    /// One of the app's own: its texts are those of `name` in `app/src/mail/texts`, and `link` is a path of the site.
    Own {
        name: &'static str,
        link: String,
    },
}

impl Says {
    /// The name of its texts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Own { name, .. } => name,
            says => says.into(),
        }
    }

    /// One of each, with links that lead nowhere: to look at.
    pub fn samples() -> Vec<Self> {
        let link = || "/link?link=sample".to_owned();
        vec![
            Self::FinishSignUp { link: link() },
            Self::Invitation { link: link() },
            Self::AddressTaken,
            Self::AddressReserved,
            Self::ResetPassword { link: link() },
            Self::PasswordReset,
            Self::PasswordChanged,
            Self::ConfirmEmail { link: link() },
            Self::AddressWanted,
            Self::EmailChangeAsked { link: link() },
            Self::EmailChanged,
            Self::EmailKept,
            Self::NewLogin,
            Self::AccessTokenCreated,
            Self::AccountClosed { link: link() },
            Self::AccountKept,
            Self::AccountDeleted,
            Self::ManyAttempts,
            Self::Test,
            Self::Own {
                name: "test",
                link: "/".into(),
            },
        ]
    }
}

/// The request that caused a letter: its reader can tell whether it was their own (NIST SP 800-63B-4, 4.6).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cause {
    /// Unix seconds.
    pub at: i64,
    pub user_agent: String,
    /// The client's address; empty if it is unknown.
    pub address: String,
    /// The code of the language that the visitor reads.
    pub language: Option<String>,
}

/// Takes letters, and sends them later.
pub trait Post: Send + Sync {
    /// Adds the letter to what `write` commits: it is sent if, and only if, the change is made.
    ///
    /// # Errors
    /// The database failed.
    fn put<'a>(
        &'a self,
        write: &'a mut WriteTransaction,
        letter: Letter,
    ) -> BoxFuture<'a, Result<(), AuthError>>;

    /// There are new letters. Call it after the commit.
    fn wake(&self);

    /// Sends a letter at once, for the operator.
    ///
    /// # Errors
    /// What the mail server, or the way to it, said.
    fn send_now(&self, letter: Letter) -> BoxFuture<'_, Result<(), String>>;

    /// Where mails are written in place of being sent.
    fn folder(&self) -> Option<&Path> {
        None
    }
}
