//! Core. How a request tells a user by mail what has happened to their account.

use super::{Cause, Letter, Says};
use crate::auth::config::{LANGUAGE, NOTICE_LIFE, seconds};
use crate::auth::error::AuthError;
use crate::auth::login_manager::AuthSession;
use crate::database::WriteTransaction;
use crate::users::User;

impl AuthSession {
    /// Whether the site can send mail.
    pub fn has_mail(&self) -> bool {
        self.options().post.is_some()
    }

    /// Adds a letter to `user` to what `write` commits, if the site sends mail. Call [`Self::wake_post`] after the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tell(
        &self,
        write: &mut WriteTransaction,
        user: &User,
        says: Says,
    ) -> Result<(), AuthError> {
        let Some(post) = &self.options().post else {
            return Ok(());
        };
        let letter = Letter {
            to: user.email.clone(),
            is_sent: true,
            says,
            cause: self.cause(),
            expires_at: self.now() + seconds(NOTICE_LIFE),
        };
        post.put(write, letter).await
    }

    /// Letters are committed.
    pub fn wake_post(&self) {
        if let Some(post) = &self.options().post {
            post.wake();
        }
    }

    /// This request, as the cause of a letter.
    pub(in crate::auth) fn cause(&self) -> Cause {
        Cause {
            at: self.now(),
            user_agent: self.request().user_agent.clone(),
            address: self.request().address.clone(),
            language: self.kept(LANGUAGE),
        }
    }
}
