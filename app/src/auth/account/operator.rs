//! Core. What the site's operator does with accounts: `server --help`.

use crate::auth::error::AuthError;
use crate::auth::login_manager::LoginManager;
use crate::auth::store::{Account, Email, Key};

impl LoginManager {
    /// The account with this e-mail address, if there is one.
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`], or the database failed.
    pub async fn find(&self, email: &str) -> Result<Option<Account>, AuthError> {
        let found = self.store().find(&Email::read(email)?.key).await?;
        Ok(found.map(|(account, _)| account))
    }

    /// Resets the wrong passwords that lock an account: those of unknown browsers, and those of its user at a confirmation.
    /// An unknown address is not an error.
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`], or the database failed.
    pub async fn unlock(&self, email: &str) -> Result<(), AuthError> {
        let store = self.store();
        let key = Email::read(email)?.key;
        store.reset_attempts(&Key::account(&key).text()).await?;
        if let Some((account, _)) = store.find(&key).await? {
            let confirm = Key::Confirm(account.user.id);
            store.reset_attempts(&confirm.text()).await?;
        }
        Ok(())
    }

    /// Ends every login and every access token of a user.
    ///
    /// # Errors
    /// The database failed.
    pub async fn log_out(&self, user_id: &str) -> Result<(), AuthError> {
        self.store().log_out(user_id).await
    }

    /// Ends every login and access token of all users. Needed after restoring a backup, which brings back ended sessions.
    ///
    /// # Errors
    /// The database failed. Some logins may have ended already; calling it again is safe.
    pub async fn log_out_everyone(&self) -> Result<(), AuthError> {
        self.store().log_out_everyone().await
    }

    /// Deactivates a user, who is a guest from the next request on, or activates the user again, also one who has closed the
    /// account. Logins and access tokens that were ended do not come back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_active(&self, user_id: &str, is_active: bool) -> Result<(), AuthError> {
        self.store().set_active(user_id, is_active).await
    }

    /// Deletes a user with all sessions and tokens, at once, and tells the user.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete(&self, user_id: &str) -> Result<(), AuthError> {
        self.without_request().delete_user(user_id, None).await
    }

    /// Deletes expired rows, and accounts that have been closed for long enough: a background job.
    ///
    /// # Errors
    /// The database failed; rows that are deleted already stay deleted.
    pub async fn clean_up(&self) -> Result<(), AuthError> {
        let cleaned = self.store().clean_up(self.now()).await;
        cleaned.and(self.without_request().delete_closed_accounts().await)
    }
}
