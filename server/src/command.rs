//! The command line: `server` serves the site, `server COMMAND` manages a user in the site's database.

use app::auth::{AuthError, LoginManager};
use app::error::Error as AppError;
use app::users::seed::{EMAIL, PASSWORD, seed};
use clap::{Parser, Subcommand};
use thiserror::Error;

use crate::mail::command::{MailCommand, MailError};

/// Not an e-mail address, so it cannot be a user's.
const EVERYONE: &str = "everyone";

/// Serves the site. With a command, changes a user in the site's database instead; the site may keep running.
///
/// Both read the same settings from the environment.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Unlock an account that is locked after too many wrong passwords
    Unlock { email: String },
    /// End every login and access token of a user, or of all users after restoring a backup
    LogOut {
        /// The user's e-mail address, or the word "everyone"
        #[arg(value_name = "EMAIL|everyone")]
        user: String,
    },
    /// Let a deactivated user log in again, or one who has deleted the account and can still keep it
    Activate { email: String },
    /// Log a user out and refuse new logins until the user is activated again
    Deactivate { email: String },
    /// Make a user to try the site with; not in a release
    Seed,
    /// Delete a user and all of the user's data; the e-mail address can be used again
    Delete { email: String },
    #[command(flatten)]
    Mail(MailCommand),
}

#[derive(Debug, Error)]
pub enum CommandError {
    #[error("no user has this e-mail address")]
    NoSuchUser,
    #[error("a release has no user whose password everyone knows")]
    Release,
    #[error("the command failed: {0:?} (the log says why)")]
    Auth(AuthError),
    #[error("{EMAIL} has an account with another password")]
    Taken,
    #[error("the user was not made: {0:?}")]
    Seed(AppError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Command {
    /// # Errors
    /// No user has the address, or the database is not available.
    pub async fn run(self, manager: &LoginManager) -> Result<(), CommandError> {
        match self {
            Self::Unlock { email } => manager.unlock(&email).await?,
            Self::LogOut { user } if user == EVERYONE => manager.log_out_everyone().await?,
            Self::LogOut { user } => manager.log_out(&find(manager, &user).await?).await?,
            Self::Activate { email } => {
                let id = find(manager, &email).await?;
                manager.set_active(&id, true).await?;
            }
            Self::Deactivate { email } => {
                let id = find(manager, &email).await?;
                manager.set_active(&id, false).await?;
            }
            Self::Seed if !cfg!(debug_assertions) => return Err(CommandError::Release),
            Self::Seed => {
                let auth = manager.without_request();
                seed(&auth).await.map_err(CommandError::Seed)?;
                // The address may have been taken before.
                let account = auth.authenticate(EMAIL, &PASSWORD.into()).await;
                account.map_err(|_| CommandError::Taken)?;
                println!("Log in as {EMAIL} with the password: {PASSWORD}");
            }
            Self::Delete { email } => manager.delete(&find(manager, &email).await?).await?,
            Self::Mail(command) => command.run(manager).await?,
        }
        Ok(())
    }
}

/// The id of the user with this address.
async fn find(manager: &LoginManager, email: &str) -> Result<String, CommandError> {
    let account = manager.find(email).await?;
    Ok(account.ok_or(CommandError::NoSuchUser)?.user.id)
}

impl From<AuthError> for CommandError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}
