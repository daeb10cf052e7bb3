use app::auth::SignUpMode;
use server::config::Config;

use crate::support::site::SECRET;

const URL: (&str, &str) = ("MAIL_URL", "smtps://ada:hunter2@mail.example.com");
const FROM: (&str, &str) = ("MAIL_FROM", "Example <hello@example.com>");
const GRACE: &str = "DELETION_GRACE_DAYS";
const SITE: (&str, &str) = ("SITE_URL", "https://example.com");

fn read(settings: &[(&str, &str)], released: bool) -> Result<Config, String> {
    let common = [("SECRET_KEY", SECRET), ("DATABASE_URL", "sqlite:x")];
    let get = |name: &str| {
        let mut all = settings.iter().chain(&common);
        let found = all.find(|(setting, _)| *setting == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::read(get, released).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_development_build_has_mail_and_proves_addresses() {
    let config = read(&[], false).unwrap();
    assert!(config.mail.is_some());
    assert_eq!(config.sign_up, SignUpMode::Confirmed);
    assert_eq!(config.site.as_deref(), Some("http://localhost:3000"));
}

#[tokio::test]
async fn a_release_has_no_mail_unless_it_is_set() {
    let config = read(&[SITE], true).unwrap();
    assert!(config.mail.is_none());
    assert_eq!(config.sign_up, SignUpMode::Open);
    let config = read(&[SITE, URL, FROM], true).unwrap();
    assert!(config.mail.is_some());
    assert_eq!(config.sign_up, SignUpMode::Confirmed);
}

#[tokio::test]
async fn sign_up_can_be_chosen() {
    for (chosen, mode) in [
        ("open", SignUpMode::Open),
        ("confirmed", SignUpMode::Confirmed),
        ("invited", SignUpMode::Invited),
        ("closed", SignUpMode::Closed),
    ] {
        let config = read(&[SITE, URL, FROM, ("SIGN_UP", chosen)], true).unwrap();
        assert_eq!(config.sign_up, mode);
    }
}

#[tokio::test]
async fn where_there_is_mail_a_deleted_account_can_be_kept_for_a_fortnight_unless_it_is_set() {
    for (settings, days) in [
        (vec![SITE], 0),
        (vec![SITE, URL, FROM], 14),
        (vec![SITE, URL, FROM, (GRACE, "0")], 0),
        (vec![SITE, URL, FROM, (GRACE, "30")], 30),
        (vec![SITE, (GRACE, "0")], 0),
    ] {
        let config = read(&settings, true).unwrap();
        assert_eq!(config.deletion_days, days);
    }
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_its_value_is_not_shown() {
    for (name, settings) in [
        ("MAIL_URL", vec![URL, FROM]),
        (
            "MAIL_URL",
            vec![
                SITE,
                FROM,
                ("MAIL_URL", "smtp://ada:hunter2@mail.example.com"),
            ],
        ),
        ("MAIL_URL", vec![SITE, FROM, ("MAIL_URL", "hunter2")]),
        ("MAIL_FROM", vec![SITE, URL]),
        ("MAIL_FROM", vec![SITE, URL, ("MAIL_FROM", "nobody")]),
        ("SIGN_UP", vec![SITE, ("SIGN_UP", "confirmed")]),
        ("SIGN_UP", vec![SITE, ("SIGN_UP", "invited")]),
        ("SIGN_UP", vec![SITE, ("SIGN_UP", "sometimes")]),
        (GRACE, vec![SITE, (GRACE, "14")]),
        (GRACE, vec![SITE, URL, FROM, (GRACE, "2")]),
        (GRACE, vec![SITE, URL, FROM, (GRACE, "31")]),
        (GRACE, vec![SITE, URL, FROM, (GRACE, "a while")]),
    ] {
        let error = read(&settings, true).unwrap_err();
        assert!(error.starts_with(name), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn debug_of_the_settings_shows_no_password() {
    let config = read(&[SITE, URL, FROM], true).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
