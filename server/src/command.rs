//! The command line: `server` serves the site, `server COMMAND` manages a user in the site's database.

use app::auth::AuthError;
use app::users::{User, Users};
use clap::{Parser, Subcommand};
use thiserror::Error;

/// Not an e-mail address, so no user can have it as theirs.
const EVERYONE: &str = "everyone";

/// Serves the site. With a command, changes a user in the site's database instead; the site may go on running.
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
    /// Unlock an account that is closed after too many wrong passwords
    Unlock { email: String },
    /// End every login and access token of a user, or of all users after restoring a backup
    LogOut {
        /// The user's e-mail address, or the word "everyone"
        #[arg(value_name = "EMAIL|everyone")]
        user: String,
    },
    /// Let a deactivated user log in again
    Activate { email: String },
    /// Log a user out and refuse new logins until the user is activated again
    Deactivate { email: String },
    /// Delete a user and all of the user's data; the e-mail address can be used again
    Delete { email: String },
}

#[derive(Debug, Error)]
pub enum CommandError {
    #[error("no user has this address")]
    NoSuchUser,
    #[error("the command failed: {0:?} (the log says why)")]
    Auth(AuthError),
}

impl Command {
    /// # Errors
    /// No user has the address, or the database is not available.
    pub async fn run(self, users: &Users) -> Result<(), CommandError> {
        match self {
            Self::Unlock { email } => users.unlock(&email).await?,
            Self::LogOut { user } if user == EVERYONE => users.log_out_everyone().await?,
            Self::LogOut { user } => users.log_out(&find(users, &user).await?).await?,
            Self::Activate { email } => users.set_active(&find(users, &email).await?, true).await?,
            Self::Deactivate { email } => {
                users.set_active(&find(users, &email).await?, false).await?;
            }
            Self::Delete { email } => users.delete(&find(users, &email).await?).await?,
        }
        Ok(())
    }
}

async fn find(users: &Users, email: &str) -> Result<User, CommandError> {
    users.find(email).await?.ok_or(CommandError::NoSuchUser)
}

impl From<AuthError> for CommandError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}
