//! Each row of the table of consequences: what a change of an account ends, and who is told.

use std::collections::BTreeSet;
use std::time::Duration;

use app::auth::letters::{Cause, Letter, Says};
use app::auth::{Change, Links, Logins, Recipient, Tokens};
use app::mail::written::written;
use strum::VariantArray;

use super::postbox::{Postbox, site_with_mail};
use crate::support::site::BASE;
use crate::support::visitor::{Visitor, email, password};

const NEW: &str = "ada@new.example.com";
const NEW_PASSWORD: &str = "another battery-staple-marker";

/// A user with everything that a change can end.
struct Account {
    site: Postbox,
    id: String,
    here: Visitor,
    other: Visitor,
    remembered: Visitor,
    reset: String,
    change: String,
    keep: String,
}

async fn account() -> Account {
    let site = site_with_mail().await;
    let mut here = site.user("Ada").await;
    let id = here.id().await;
    let (mut other, mut remembered) = (site.visitor(), site.visitor());
    other.log_in("Ada").await;
    remembered.log_in_remembered("Ada").await;
    here.create_token("Backup").await;
    let reset = site.reset_link("Ada").await.token();
    here.submit("/api/change_email", &[("email", NEW)]).await;
    let mails = site.mails().await;
    let to = |address: &str| {
        let mail = mails.iter().find(|mail| mail.to == address);
        mail.expect("a mail").token()
    };
    let (change, keep) = (to(NEW), to(&email("Ada")));
    Account {
        site,
        id,
        here,
        other,
        remembered,
        reset,
        change,
        keep,
    }
}

impl Account {
    async fn ids(&self, table: &'static str) -> BTreeSet<String> {
        let rows = self.site.rows(table).await;
        let id = |row: &String| row.split(' ').next().expect("an id").to_owned();
        rows.iter().map(id).collect()
    }

    async fn keep_links(&self) -> BTreeSet<String> {
        let rows = self.site.rows("links").await;
        let keeps = rows.iter().filter(|row| row.contains("purpose=keep_email"));
        keeps
            .map(|row| row.split(' ').next().expect("an id").to_owned())
            .collect()
    }

    /// What must be done first, so that the change can happen.
    async fn prepare(&mut self, change: Change) {
        if change == Change::AccountKept {
            self.here.submit("/api/delete_account", &[]).await;
            self.keep = self.site.one_mail().await.token();
            // A closed account has nothing else that could end.
            let plant = "INSERT INTO access_tokens (id, user_id, name, token_hash, created_at, expires_at) \
                         SELECT 'planted', id, 'Backup', 'planted', 0, 9999999999 FROM users";
            let plant = sqlx::query(plant).execute(&self.site.database.pool);
            plant.await.expect("a token");
        }
    }

    async fn cause(&mut self, change: Change, end_tokens: bool) {
        let manager = &self.site.login_manager;
        let (here, id) = (&mut self.here, &*self.id);
        let mut visitor = self.site.visitor();
        let answer = match change {
            Change::PasswordChanged => {
                let current = password("Ada");
                let fields = [("current_password", &*current), ("password", NEW_PASSWORD)];
                here.submit("/api/password", &fields).await
            }
            Change::PasswordReset => {
                let tokens = if end_tokens { "on" } else { "" };
                let fields = [
                    ("link", &*self.reset),
                    ("password", NEW_PASSWORD),
                    ("tokens", tokens),
                ];
                visitor.submit("/api/reset_password", &fields).await
            }
            Change::EmailChanged => here.submit("/api/confirm_email", &by(&self.change)).await,
            Change::EmailKept => visitor.submit("/api/keep_email", &by(&self.keep)).await,
            Change::AccessTokenCreated => {
                here.create_token("Second").await;
                return;
            }
            Change::AccountClosed => here.submit("/api/delete_account", &[]).await,
            Change::AccountKept => visitor.submit("/api/keep_account", &by(&self.keep)).await,
            Change::AccountDeleted => return manager.delete(id).await.expect("deleted"),
            Change::Deactivated => return manager.set_active(id, false).await.expect("inactive"),
            Change::LoggedOut => return manager.log_out(id).await.expect("logged out"),
        };
        let page = answer.location().expect("a page").to_owned();
        assert!(!page.contains("link="), "{change:?} was refused: {page}");
    }
}

fn by(link: &str) -> [(&str, &str); 1] {
    [("link", link)]
}

/// The addresses and the subjects of the letters that a change sends.
fn expected(change: Change) -> BTreeSet<(String, String)> {
    let (now, before) = if change == Change::EmailChanged {
        (NEW.to_owned(), email("Ada"))
    } else {
        (email("Ada"), email("Ada"))
    };
    let told = change.consequences().told.iter();
    let letters = told.filter_map(|(recipient, tells)| {
        let to = match recipient {
            Recipient::Account => now.clone(),
            Recipient::Other => Some(before.clone()).filter(|before| *before != now)?,
        };
        Some((to, subject(tells("/".into()))))
    });
    letters.collect()
}

fn subject(says: Says) -> String {
    let letter = Letter {
        to: String::new(),
        is_sent: true,
        says,
        cause: Cause::default(),
        expires_at: 0,
    };
    written(&letter, BASE).subject
}

async fn check(change: Change, end_tokens: bool) {
    let mut ada = account().await;
    ada.prepare(change).await;
    let tables = ["access_tokens", "links", "sessions", "remembered"];
    let mut before = Vec::new();
    for table in tables {
        before.push(ada.ids(table).await);
    }
    let keeps = ada.keep_links().await;
    ada.cause(change, end_tokens).await;

    let ends = change.consequences();
    let told = ada.site.mails().await.into_iter();
    let told: BTreeSet<_> = told.map(|mail| (mail.to, mail.subject)).collect();
    assert_eq!(told, expected(change), "{change:?}");

    let tokens = ada.ids("access_tokens").await;
    let end = match ends.tokens {
        Tokens::Stay => false,
        Tokens::MayEnd => end_tokens,
        Tokens::End => true,
    };
    if end {
        assert!(tokens.is_empty(), "{change:?}");
    } else {
        assert!(tokens.is_superset(&before[0]), "{change:?}");
    }

    let links = ada.ids("links").await;
    match ends.links {
        Links::Stay => assert_eq!(links, before[1], "{change:?}"),
        Links::End => {
            assert!(links.is_superset(&keeps), "{change:?}");
            // A closed account has a new one, which keeps it.
            let new = links.difference(&before[1]).count();
            assert_eq!(new, usize::from(change == Change::AccountClosed));
            assert_eq!(links.len(), keeps.len() + new, "{change:?}");
        }
        Links::LaterEnd | Links::AllEnd => assert!(links.is_empty(), "{change:?}"),
    }

    let (sessions, remembered) = (ada.ids("sessions").await, ada.ids("remembered").await);
    match ends.logins {
        Logins::Stay => assert_eq!((&sessions, &remembered), (&before[2], &before[3])),
        Logins::OthersEnd => {
            assert_eq!((sessions.len(), remembered.len()), (1, 0), "{change:?}");
            assert!(!ada.here.is_guest().await, "{change:?}");
        }
        Logins::End => {
            assert!(sessions.is_empty() && remembered.is_empty(), "{change:?}");
            assert!(ada.here.is_guest().await, "{change:?}");
        }
    }
    if ends.logins != Logins::Stay {
        assert!(ada.other.is_guest().await && ada.remembered.is_guest().await);
    }
}

#[tokio::test]
async fn each_change_ends_what_its_row_says_and_tells_whom_it_names() {
    for &change in Change::VARIANTS {
        check(change, true).await;
    }
    check(Change::PasswordReset, false).await;
}

/// A change that was asked for does nothing until its link is used.
#[tokio::test]
async fn to_ask_for_a_link_ends_nothing() {
    let mut ada = account().await;
    ada.site.pass(Duration::from_mins(4));
    let tables = ["access_tokens", "sessions", "remembered", "users"];
    let mut before = Vec::new();
    for table in tables {
        before.push(ada.ids(table).await);
    }
    ada.site.reset_link("Ada").await;
    let fields = [("email", "ada@third.example.com")];
    ada.here.submit("/api/change_email", &fields).await;
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(ada.ids(table).await, before, "{table}");
    }
}
