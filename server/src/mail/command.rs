//! Core. The commands about mail.

use app::auth::letters::{Cause, Letter, Says};
use app::auth::{AuthError, LoginManager};
use app::mail::outbox::list;
use clap::Subcommand;
use humantime::format_rfc3339_seconds;
use std::time::{Duration, UNIX_EPOCH};
use thiserror::Error;

use crate::command::CommandError;

/// Mails that `outbox` lists.
const LISTED: i64 = 100;

/// How long a test mail is of use, in seconds.
const LIFE: i64 = 60;

#[derive(Debug, Error)]
pub enum MailError {
    #[error(
        "this e-mail address has an account already, or an account has given it up and can get it back"
    )]
    HasAccount,
    #[error("SIGN_UP=closed refuses the links of invitations, too")]
    Closed,
    #[error("MAIL_URL is not set: the site sends no mail")]
    None,
    #[error("the mail was not sent: {0}")]
    NotSent(String),
}

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send an invitation, a link to sign up with, also if SIGN_UP=invited
    Invite { email: String },
    /// Send a mail, and say whether the mail server took it
    MailTest { email: String },
    /// List the mails that wait, and those that were sent or given up lately
    Outbox,
}

impl MailCommand {
    /// # Errors
    /// The site sends no mail, the mail server refused, the address has an account, or the database failed.
    pub async fn run(self, manager: &LoginManager) -> Result<(), CommandError> {
        let post = manager.options().post.as_ref().ok_or(MailError::None)?;
        match self {
            Self::Invite { email } => {
                let invited = manager.without_request().invite(&email).await;
                invited.map_err(|error| match error {
                    AuthError::AddressTaken => CommandError::Mail(MailError::HasAccount),
                    AuthError::SignUpClosed => CommandError::Mail(MailError::Closed),
                    error => CommandError::Auth(error),
                })?;
                println!("The invitation is in the outbox: the running site sends it.");
            }
            Self::MailTest { email } => {
                let now = manager.now();
                let letter = Letter {
                    to: email,
                    is_sent: true,
                    says: Says::Test,
                    cause: Cause {
                        at: now,
                        ..Cause::default()
                    },
                    expires_at: now + LIFE,
                };
                post.send_now(letter).await.map_err(MailError::NotSent)?;
                println!("The mail server took the mail.");
            }
            Self::Outbox => {
                let mails = list(manager.database(), LISTED).await?;
                if mails.is_empty() {
                    println!("The outbox is empty.");
                }
                for mail in mails {
                    let at = UNIX_EPOCH + Duration::from_secs(mail.created_at.unsigned_abs());
                    println!(
                        "{} {} {:8} {:16} tries: {} {}",
                        format_rfc3339_seconds(at),
                        mail.id,
                        mail.state,
                        mail.kind,
                        mail.tries,
                        mail.last_error
                    );
                }
            }
        }
        Ok(())
    }
}
