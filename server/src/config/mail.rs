//! Core. The settings of mail, and of the sign-up that depends on it.

use app::auth::SignUpMode;
use app::mail::transport::Transport;
use lettre::message::Mailbox;

use super::{BadSetting, DATA};

/// How mail is sent, and by whom.
#[derive(Debug)]
pub struct MailSettings {
    pub transport: Transport,
    pub from: Mailbox,
}

/// Without `MAIL_URL` a development build writes mails into a folder, and a release sends none.
pub(super) fn settings(
    setting: impl Fn(&str) -> Option<String>,
    has_site: bool,
    release_build: bool,
) -> Result<Option<MailSettings>, BadSetting> {
    let url = match setting("MAIL_URL") {
        Some(url) => url,
        None if release_build => return Ok(None),
        None => format!("file:{DATA}/mail"),
    };
    if !has_site {
        let why = "needs SITE_URL, with which links in mails begin";
        return Err(BadSetting::new("MAIL_URL", why));
    }
    let transport = Transport::of(&url).map_err(|why| BadSetting::new("MAIL_URL", why))?;
    let from = match setting("MAIL_FROM") {
        Some(from) => from,
        None if release_build => {
            let why = "is not set: MAIL_URL needs a sender, as in \"Example <hello@example.com>\"";
            return Err(BadSetting::new("MAIL_FROM", why));
        }
        None => "no-reply@localhost".into(),
    };
    let from = from.parse();
    let from =
        from.map_err(|_| BadSetting::new("MAIL_FROM", "is not like Example <hello@example.com>"))?;
    Ok(Some(MailSettings { transport, from }))
}

/// Where there is mail, addresses are proven, unless `SIGN_UP` says otherwise.
pub(super) fn sign_up(
    setting: impl Fn(&str) -> Option<String>,
    has_mail: bool,
) -> Result<SignUpMode, BadSetting> {
    let bad = |why: &str| BadSetting::new("SIGN_UP", why);
    let mode = match setting("SIGN_UP") {
        Some(mode) => mode
            .parse()
            .map_err(|_| bad("is none of open, confirmed, invited and closed"))?,
        None if has_mail => SignUpMode::Confirmed,
        None => SignUpMode::Open,
    };
    match mode {
        SignUpMode::Confirmed | SignUpMode::Invited if !has_mail => {
            Err(bad("needs MAIL_URL: it sends links"))
        }
        mode => Ok(mode),
    }
}
