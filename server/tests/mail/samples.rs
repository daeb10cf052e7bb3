//! The mailbox of a development build, and what the mails say.

use std::io::Write;
use std::path::Path;

use app::auth::letters::{Post, Says};
use app::messages::languages::LANGUAGES;
use axum::http::StatusCode;
use strum::VariantNames;
use tempfile::{Builder, NamedTempFile};

use super::postbox::site_with_mail;
use crate::support::site::site;

#[test]
fn there_is_a_sample_of_every_mail() {
    let samples = Says::samples();
    let named: Vec<&str> = samples.iter().map(Into::into).collect();
    for name in Says::VARIANTS {
        assert!(named.contains(name), "{name}");
    }
}

#[tokio::test]
async fn every_mail_has_its_texts_in_every_language() {
    let site = site_with_mail().await;
    for language in LANGUAGES.all() {
        for says in Says::samples() {
            let kind = says.name();
            let page = format!("/dev/mailbox/samples/{kind}");
            let mail = site.visitor().visit_in(language.code, &page).await;
            assert_eq!(mail.status, StatusCode::OK, "{kind}");
            // A text that is missing is shown by its name.
            let name = format!("{kind}_");
            assert!(!mail.body.contains(&name), "{kind}: {}", mail.body);
        }
    }
    let log = site.log.lines();
    let missing = log.iter().find(|line| line.contains("a text is missing"));
    assert!(missing.is_none(), "{missing:?}");
}

#[tokio::test]
async fn the_mailbox_shows_the_mails_and_deletes_them() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ada.create_token("Backup").await;
    site.send_due().await;
    let list = ada.visit("/dev/mailbox").await;
    list.shows("New access token");
    list.shows("ada@example.com");
    let (_, id) = list
        .body
        .split_once("href=\"/dev/mailbox/")
        .expect("a mail");
    let (id, _) = id.split_once('"').expect("its id");
    let mail = ada.visit(&format!("/dev/mailbox/{id}")).await;
    mail.shows("https://app.test/account/tokens");
    ada.visit(&format!("/dev/mailbox/{id}/html"))
        .await
        .shows("<main");
    ada.submit("/dev/mailbox/clear", &[])
        .await
        .leads_to("/dev/mailbox");
    ada.visit("/dev/mailbox").await.shows("No mail yet");
}

#[tokio::test]
async fn the_mailbox_opens_nothing_but_mails() {
    let site = site_with_mail().await;
    let folder = site.mail.folder().expect("a folder");
    let mail = |folder: &Path, content: &str| {
        let mut file = Builder::new();
        let file = file.prefix("mail").suffix(".eml").tempfile_in(folder);
        let mut file = file.unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    };
    let written = "Subject: hello\r\n\r\nhello\r\n";
    let outside = mail(folder.parent().unwrap(), written);
    std::fs::create_dir(folder.join("below")).unwrap();
    let below = mail(&folder.join("below"), written);
    let inside = mail(folder, written);
    let unfinished = mail(folder, "");
    let id = |file: &NamedTempFile| {
        file.path()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    let see = async |id: String| {
        site.visitor()
            .visit(&format!("/dev/mailbox/{id}"))
            .await
            .status
    };
    assert_eq!(see(id(&inside)).await, StatusCode::OK);
    site.visitor().visit("/dev/mailbox").await.shows("hello");
    for id in [
        format!("..%2f{}", id(&outside)),
        format!("below%2f{}", id(&below)),
        format!("{}%00", id(&inside)),
        format!("{}.eml", id(&inside)),
        id(&unfinished),
        "%2e%2e".into(),
        "unknown".into(),
    ] {
        let status = see(id.clone()).await;
        assert!(status.is_client_error(), "{id}: {status}");
    }
}

#[tokio::test]
async fn without_a_folder_there_is_no_mailbox() {
    let site = site().await;
    let answer = site.visitor().visit("/dev/mailbox").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
