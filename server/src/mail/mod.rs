//! Core, to delete with `app/src/mail`. The settings of mail.

/// The commands about mail.
pub mod command;

use app::auth::SigningKeys;
use app::mail::Mail;
use app::mail::transport::Transport;

use crate::config::{BadSetting, DATA};

/// What `MAIL_URL` and `MAIL_FROM` say. Without `MAIL_URL` a development build writes mails into a folder, and a release sends none.
///
/// # Errors
/// A setting is missing or invalid.
pub fn mail(
    setting: impl Fn(&str) -> Option<String>,
    keys: &SigningKeys,
    site: Option<&str>,
    release_build: bool,
) -> Result<Option<Mail>, BadSetting> {
    let url = match setting("MAIL_URL") {
        Some(url) => url,
        None if release_build => {
            tracing::warn!(
                "MAIL_URL is not set: no mail is sent, so a forgotten password cannot be reset"
            );
            return Ok(None);
        }
        None => format!("file:{DATA}/mail"),
    };
    let Some(site) = site else {
        let why = "needs SITE_URL, with which links in mails begin";
        return Err(BadSetting::new("MAIL_URL", why));
    };
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
    Ok(Some(Mail::new(
        keys.sealing(),
        site.to_owned(),
        from,
        transport,
    )))
}
