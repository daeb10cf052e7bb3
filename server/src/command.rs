//! What whoever runs the site can ask of the program, beside serving: `server COMMAND [EMAIL]`.

use app::auth::AuthError;
use app::users::{User, Users};
use thiserror::Error;

/// What is said to somebody who asks for something else.
const USAGE: &str = "\
usage: server                     serve the site
       server unlock EMAIL        let strangers try again on an account closed by too many wrong passwords
       server log-out EMAIL       end every log in and access token of a user
       server log-out everyone    ... of all users, as after the restore of a backup
       server deactivate EMAIL    switch a user off: a guest from the next request on
       server activate EMAIL      switch a user on again
       server delete EMAIL        delete a user with all that is theirs; the address is free again";

/// An order of whoever runs the site.
#[derive(Debug, Eq, PartialEq)]
pub enum Command {
    Serve,
    Unlock(String),
    LogOut(String),
    LogOutEveryone,
    SetActive(String, bool),
    Delete(String),
}

#[derive(Debug, Error)]
pub enum Failed {
    #[error("{USAGE}")]
    Unknown,
    #[error("no user has this address")]
    NoSuchUser,
    #[error("the command failed: {0:?} (the log says why)")]
    Because(AuthError),
}

impl Command {
    /// Out of the program's arguments, without its name.
    ///
    /// # Errors
    /// There is no such command.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, Failed> {
        let arguments: Vec<String> = arguments.into_iter().collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match *words.as_slice() {
            [] => Ok(Self::Serve),
            ["unlock", email] => Ok(Self::Unlock(email.into())),
            ["log-out", "everyone"] => Ok(Self::LogOutEveryone),
            ["log-out", email] => Ok(Self::LogOut(email.into())),
            ["activate", email] => Ok(Self::SetActive(email.into(), true)),
            ["deactivate", email] => Ok(Self::SetActive(email.into(), false)),
            ["delete", email] => Ok(Self::Delete(email.into())),
            _ => Err(Failed::Unknown),
        }
    }

    /// # Errors
    /// No user has the address, or the database could not answer.
    pub async fn run(self, users: &Users) -> Result<(), Failed> {
        match self {
            Self::Serve => {}
            Self::Unlock(email) => users.unlock(&email).await?,
            Self::LogOutEveryone => users.log_out_everyone().await?,
            Self::LogOut(email) => users.log_out(&find(users, &email).await?).await?,
            Self::SetActive(email, is_active) => {
                let user = find(users, &email).await?;
                users.set_active(&user, is_active).await?;
            }
            Self::Delete(email) => users.delete(&find(users, &email).await?).await?,
        }
        Ok(())
    }
}

async fn find(users: &Users, email: &str) -> Result<User, Failed> {
    users.find(email).await?.ok_or(Failed::NoSuchUser)
}

impl From<AuthError> for Failed {
    fn from(error: AuthError) -> Self {
        Self::Because(error)
    }
}
