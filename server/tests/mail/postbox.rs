//! A site that writes its mails into a folder, where the tests read them as their recipients would.

use std::fs;
use std::ops::Deref;
use std::sync::atomic::Ordering;

use app::auth::{SignUpMode, SigningKeys};
use app::mail::Mail;
use app::mail::transport::Transport;
use mail_parser::{MessageParser, MimeHeaders};
use tempfile::TempDir;

use crate::support::site::{BASE, SECRET, Settings, Site, site_with};
use crate::support::visitor::{Answer, Visitor, email};

pub struct Postbox {
    pub site: Site,
    pub mail: Mail,
    folder: TempDir,
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Headers and bodies as they were sent.
    pub raw: String,
}

impl Deref for Postbox {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

/// A site with mail, on which everyone signs up at once.
pub async fn site_with_mail() -> Postbox {
    site_with_mode(SignUpMode::Open).await
}

/// A site with mail, on which visitors sign up as `mode` says.
pub async fn site_with_mode(mode: SignUpMode) -> Postbox {
    let folder = TempDir::new().expect("a folder");
    let transport = Transport::Folder(folder.path().to_owned());
    let mail = mail_by(transport, SECRET);
    let mut settings = Settings::default();
    settings.options.sign_up = mode;
    settings.options.post = Some(mail.clone().into_post());
    Postbox {
        site: site_with(settings).await,
        mail,
        folder,
    }
}

/// Mail under the keys of `secret`.
pub fn mail_by(transport: Transport, secret: &str) -> Mail {
    let keys = SigningKeys::new(&secret.into(), &[]).expect("a good secret");
    let from = "Example <hello@app.test>".parse().expect("a sender");
    Mail::new(keys.sealing(), BASE.into(), from, transport)
}

impl Postbox {
    /// After a restart with other settings.
    pub async fn after_restart_with(self, change: impl FnOnce(&mut Settings)) -> Self {
        Self {
            site: self.site.restarted_with(change).await,
            ..self
        }
    }

    /// A user who is logged in, and has thrown the mails about that away.
    pub async fn user(&self, name: &str) -> Visitor {
        let user = self.site.user(name).await;
        self.mails().await;
        user
    }

    /// The same with a login that is not fresh.
    pub async fn stale_user(&self, name: &str) -> Visitor {
        let user = self.site.stale_user(name).await;
        self.mails().await;
        user
    }

    /// Sends what waits. Returns how many mails were taken.
    pub async fn send_due(&self) -> usize {
        let now = || self.clock.load(Ordering::SeqCst);
        let sent = self.mail.send_due(&self.database, now).await;
        sent.expect("the outbox")
    }

    /// The mails that have come since the last call, sent now.
    pub async fn mails(&self) -> Vec<Received> {
        self.send_due().await;
        let files = fs::read_dir(self.folder.path()).expect("the folder");
        let paths = files.map(|file| file.expect("a file").path());
        let mails = paths.map(|path| {
            let raw = fs::read_to_string(&path).expect("a mail");
            fs::remove_file(path).expect("removed");
            received(&raw)
        });
        mails.collect()
    }

    /// The one mail that has come.
    pub async fn one_mail(&self) -> Received {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }

    /// Asks for a new password for the user `name`; the mail with the link. Earlier mails are thrown away.
    pub async fn reset_link(&self, name: &str) -> Received {
        self.mails().await;
        let answer = forgot(&mut self.visitor(), &email(name)).await;
        answer.leads_to("/mail-sent?form=%2Fforgot");
        self.one_mail().await
    }
}

pub async fn forgot(visitor: &mut Visitor, address: &str) -> Answer {
    let fields = [("email", address)];
    visitor.submit("/api/forgot_password", &fields).await
}

pub fn received(raw: &str) -> Received {
    let mail = MessageParser::default().parse(raw).expect("a mail");
    let parts: Vec<_> = mail
        .parts
        .iter()
        .filter_map(|part| part.content_type())
        .collect();
    assert_eq!(parts[0].subtype(), Some("alternative"), "{raw}");
    let to = mail
        .to()
        .and_then(|to| to.first())
        .and_then(|to| to.address());
    Received {
        to: to.expect("a recipient").to_owned(),
        subject: mail.subject().expect("a subject").to_owned(),
        text: mail.body_text(0).expect("a text").into_owned(),
        html: mail.body_html(0).expect("HTML").into_owned(),
        raw: raw.to_owned(),
    }
}

impl Received {
    /// The path and the query of its link, which the text and the HTML have alike.
    pub fn path(&self) -> String {
        let mut links = self.text.lines().filter(|line| line.starts_with(BASE));
        let link = links.next().expect("a link");
        assert!(links.next().is_none(), "one link: {}", self.text);
        assert!(
            self.html.contains(&format!("href=\"{link}\"")),
            "{}",
            self.html
        );
        link[BASE.len()..].to_owned()
    }

    /// The token of its link.
    pub fn token(&self) -> String {
        let path = self.path();
        let (_, token) = path.split_once("?link=").expect("a token");
        token.to_owned()
    }
}
