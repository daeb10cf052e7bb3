//! Core. The table `links`: one-time links, by the hash of their token.

use std::sync::LazyLock;
use std::time::Duration;

use sqlx::{Row, SqlStr, query};

use super::selection::{account, select_accounts};
use super::{Account, Store};
use crate::auth::config::{CLOCK_SKEW, LATER_PAUSE, MAILS_A_DAY, seconds};
use crate::auth::error::AuthError;
use crate::auth::session::hashed;
use crate::database::{Columns, WriteTransaction};

const DAY: i64 = 24 * 60 * 60;

/// The row of a link. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// SHA-256 of the link's token, base64url.
    pub id: String,
    pub purpose: &'static str,
    /// `None`: the address has no account.
    pub user_id: Option<String>,
    /// Sealed.
    pub address: String,
    /// The hash of the account's normalised address.
    pub email_key: String,
    pub password_version: i64,
    pub created_at: i64,
    pub expires_at: i64,
}

impl LinkRow {
    /// A link that is in no mail is deleted with the expired ones.
    #[must_use]
    pub fn if_sent(mut self, is_sent: bool) -> Self {
        if !is_sent {
            self.expires_at = self.created_at;
        }
        self
    }
}

static ACCOUNT_OF: LazyLock<SqlStr> = LazyLock::new(|| {
    select_accounts(
        "users.email_key, links.email_key FROM links JOIN users ON users.id = links.user_id \
         AND users.password_version = links.password_version \
         AND users.is_active = 1 AND users.delete_at IS NULL \
         WHERE links.id = $1 AND links.purpose = $2 AND links.expires_at > $3",
    )
});

impl Store {
    /// # Errors
    /// The database failed.
    pub async fn insert_link(write: &mut WriteTransaction, row: &LinkRow) -> Result<(), AuthError> {
        let insert = query(
            "INSERT INTO links (id, purpose, user_id, address, email_key, password_version, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&row.id)
        .bind(row.purpose)
        .bind(&row.user_id)
        .bind(&row.address)
        .bind(&row.email_key)
        .bind(row.password_version)
        .bind(row.created_at)
        .bind(row.expires_at);
        write.execute(insert).await?;
        Ok(())
    }

    /// The sealed address of a link that has not expired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn link_address(
        &self,
        id: &str,
        purpose: &str,
        now: i64,
    ) -> Result<Option<String>, AuthError> {
        let find =
            query("SELECT address FROM links WHERE id = $1 AND purpose = $2 AND expires_at > $3")
                .bind(id)
                .bind(purpose)
                .bind(now);
        let row = self.database.fetch_optional(find).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// The active account of a link that has not expired, with its normalised address, if neither the address nor the password has
    /// changed since.
    ///
    /// # Errors
    /// The database failed.
    pub async fn link_account(
        &self,
        id: &str,
        purpose: &str,
        now: i64,
    ) -> Result<Option<(Account, String)>, AuthError> {
        let find = query(ACCOUNT_OF.clone()).bind(id).bind(purpose).bind(now);
        let Some(row) = self.database.fetch_optional(find).await? else {
            return Ok(None);
        };
        let mut columns = Columns::of(&row);
        let account = account(&mut columns)?;
        let (now, then): (String, String) = (columns.next()?, columns.next()?);
        Ok((hashed(&now) == then).then_some((account, now)))
    }

    /// Whether an account has given up this normalised address lately, and can get it back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_reserved(&self, email_key: &str, now: i64) -> Result<bool, AuthError> {
        let find = query(
            "SELECT COUNT(*) FROM links WHERE purpose = 'keep_email' AND email_key = $1 AND expires_at > $2",
        )
        .bind(hashed(email_key))
        .bind(now);
        let count: i64 = self.database.fetch_one(find).await?.try_get(0)?;
        Ok(count > 0)
    }

    /// Uses the link up. `false`: it is used, or has expired. Of concurrent requests one gets `true`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn use_link(
        write: &mut WriteTransaction,
        id: &str,
        purpose: &str,
        now: i64,
    ) -> Result<bool, AuthError> {
        let delete = query("DELETE FROM links WHERE id = $1 AND purpose = $2 AND expires_at > $3")
            .bind(id)
            .bind(purpose)
            .bind(now);
        Ok(write.execute(delete).await? > 0)
    }

    /// Takes the place of one mail to an address: at most one in `pause`, and after [`MAILS_A_DAY`] of a day one in [`LATER_PAUSE`].
    /// `false`: there was one. Of concurrent requests one gets `true`. `key` is hashed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn claim_mail(
        write: &mut WriteTransaction,
        key: &str,
        now: i64,
        pause: Duration,
    ) -> Result<bool, AuthError> {
        // A time further in the future than clocks differ was dated by a clock that was set back.
        let claim = query(
            "INSERT INTO attempts (key, count, since, last_at) VALUES ($1, 1, $2, $2) \
             ON CONFLICT (key) DO UPDATE SET \
                 count = CASE WHEN attempts.since BETWEEN $5 AND $6 THEN attempts.count + 1 ELSE 1 END, \
                 since = CASE WHEN attempts.since BETWEEN $5 AND $6 THEN attempts.since ELSE excluded.since END, \
                 last_at = excluded.last_at \
             WHERE attempts.last_at > $6 OR attempts.last_at <= \
                 CASE WHEN attempts.since BETWEEN $5 AND $6 AND attempts.count >= $7 THEN $4 ELSE $3 END",
        )
        .bind(key)
        .bind(now)
        .bind(now - seconds(pause))
        .bind(now - seconds(pause.max(LATER_PAUSE)))
        .bind(now - DAY)
        .bind(now + seconds(CLOCK_SKEW))
        .bind(MAILS_A_DAY);
        Ok(write.execute(claim).await? > 0)
    }
}
