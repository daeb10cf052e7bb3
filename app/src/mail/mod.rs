//! Core. Mail. A letter of the login is written within the request, sealed, and stored in the transaction of the change that it tells
//! of; a task sends it later. So an answer takes the same time whether a mail is sent or not, no mail is lost or sent for a change
//! that was not made, and a reader of the database finds no link and no address in it.
//!
//! An app without mail deletes this folder, `server/src/mail` and `server/tests/mail`, and the lines that name them: `.ci/without-mail`
//! does so in a copy, and runs the tests there.

/// The pages that show the mails of a development build.
pub mod mailbox;
/// The table.
pub mod outbox;
/// How mail leaves.
pub mod transport;
/// What a letter says, and how it looks.
pub mod written;

mod deliver;
mod message;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use tokio::sync::Notify;

use crate::auth::letters::{Letter, Post};
use crate::auth::{AuthError, SealingKeys, random_id};
use crate::database::WriteTransaction;
use message::{in_full, sealed, with_ascii_domain};
use outbox::{State, insert};
use transport::Transport;
use written::written;

/// Writes letters, and sends them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mail {
    keys: SealingKeys,
    /// `https://example.com`, before the path of a link.
    site: String,
    from: Mailbox,
    transport: Arc<Transport>,
    wake: Arc<Notify>,
}

impl Mail {
    /// `from` is the sender, `site` the origin of links.
    pub fn new(keys: SealingKeys, site: String, from: Mailbox, transport: Transport) -> Self {
        let sender = with_ascii_domain(from.email.as_ref());
        Self {
            keys,
            site,
            from: Mailbox::new(from.name, sender.unwrap_or(from.email)),
            transport: Arc::new(transport),
            wake: Arc::default(),
        }
    }

    /// For `Options::post`.
    pub fn into_post(self) -> Arc<dyn Post> {
        Arc::new(self)
    }

    async fn send_at_once(&self, letter: &Letter) -> Result<(), String> {
        let id = random_id().map_err(|_| "no random numbers")?;
        let mail = in_full(&id, &self.from, letter, &written(letter, &self.site));
        let mail = mail.ok_or("mail servers know no such address")?;
        let sent = self.transport.send(&id, &self.from, &mail).await;
        sent.map_err(|failed| failed.error)
    }

    async fn store(&self, write: &mut WriteTransaction, letter: Letter) -> Result<(), AuthError> {
        let id = random_id()?;
        let kind = letter.says.name();
        let mail = in_full(&id, &self.from, &letter, &written(&letter, &self.site));
        let state = match &mail {
            Some(_) if letter.is_sent => State::Waiting,
            _ => State::Unsent,
        };
        if mail.is_none() {
            tracing::warn!(kind, "a mail has no recipient that mail servers know");
        }
        let content = sealed(&self.keys, &id, mail.as_ref())?;
        insert(write, &id, kind, state, &content, &letter).await
    }
}

impl Post for Mail {
    fn put<'a>(
        &'a self,
        write: &'a mut WriteTransaction,
        letter: Letter,
    ) -> BoxFuture<'a, Result<(), AuthError>> {
        Box::pin(self.store(write, letter))
    }

    fn wake(&self) {
        self.wake.notify_one();
    }

    fn send_now(&self, letter: Letter) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.send_at_once(&letter).await })
    }

    fn folder(&self) -> Option<&Path> {
        match &*self.transport {
            Transport::Folder(folder) => Some(folder),
            Transport::Smtp(_) => None,
        }
    }
}
