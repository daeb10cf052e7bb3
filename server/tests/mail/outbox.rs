use std::sync::atomic::Ordering;
use std::time::Duration;

use app::auth::SigningKeys;
use app::auth::letters::{Cause, Letter, Post, Says};
use app::mail::Mail;
use app::mail::outbox::{lease, list, stuck, sweep};
use app::mail::transport::Transport;
use tokio::time::{sleep, timeout};

use super::postbox::{mail_by, received};
use super::smtp::{Behaviour, MailServer};
use crate::support::site::{OLDER_SECRET, SECRET, Site, site};
use crate::support::visitor::together;

const LIFE: i64 = 30 * 60;

fn letter(site: &Site) -> Letter {
    let now = site.login_manager.now();
    Letter {
        to: "ada@example.com".into(),
        is_sent: true,
        says: Says::ResetPassword {
            link: "/reset?link=battery".into(),
        },
        cause: Cause {
            at: now,
            ..Cause::default()
        },
        expires_at: now + LIFE,
    }
}

/// A site without letters, a mail server, and what sends to it.
async fn outbox() -> (Site, MailServer, Mail) {
    let (site, server) = (site().await, MailServer::start().await);
    let mail = mail_by(server.transport(), SECRET);
    (site, server, mail)
}

async fn put(site: &Site, mail: &Mail) {
    put_letter(site, mail, letter(site)).await;
}

async fn put_letter(site: &Site, mail: &Mail, letter: Letter) {
    let mut write = site.database.begin_write().await.unwrap();
    mail.put(&mut write, letter).await.unwrap();
    write.commit().await.unwrap();
}

async fn send(site: &Site, mail: &Mail) -> usize {
    let now = || site.clock.load(Ordering::SeqCst);
    mail.send_due(&site.database, now).await.unwrap()
}

/// The state, the number of tries and the last error of the only mail.
async fn state(site: &Site) -> (String, i64, String) {
    let mut mails = list(&site.database, 10).await.unwrap();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = mails.remove(0);
    (mail.state, mail.tries, mail.last_error)
}

fn is(state: &str, tries: i64, error: &str) -> (String, i64, String) {
    (state.into(), tries, error.into())
}

fn message_id(mail: &str) -> String {
    let line = mail.lines().find(|line| line.starts_with("Message-ID: "));
    line.expect("a Message-ID").to_owned()
}

#[tokio::test]
async fn a_mail_is_sent_once_and_its_content_is_deleted() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    assert_eq!(send(&site, &mail).await, 1);
    assert_eq!(send(&site, &mail).await, 0);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let arrived = received(&mails[0]);
    assert_eq!(arrived.to, "ada@example.com");
    assert_eq!(arrived.path(), "/reset?link=battery");
    for header in [
        "From: Example <hello@app.test>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ] {
        assert!(arrived.raw.contains(header), "{header}");
    }
    assert!(message_id(&arrived.raw).ends_with("@app.test>"));
    assert_eq!(state(&site).await, is("sent", 1, ""));
    let rows = site.rows("outbox").await;
    assert!(rows[0].len() < 400, "the sealed mail is gone: {rows:?}");
}

#[tokio::test]
async fn a_change_that_is_not_made_sends_no_mail() {
    let (site, _, mail) = outbox().await;
    let mut write = site.database.begin_write().await.unwrap();
    mail.put(&mut write, letter(&site)).await.unwrap();
    drop(write);
    assert_eq!(send(&site, &mail).await, 0);
    assert!(site.rows("outbox").await.is_empty());
}

#[tokio::test]
async fn of_several_servers_one_sends_a_mail() {
    let (site, server, mail) = outbox().await;
    for _ in 0..5 {
        put(&site, &mail).await;
    }
    let others: Vec<Mail> = (0..4)
        .map(|_| mail_by(server.transport(), SECRET))
        .collect();
    let sent = together(others.iter().map(|other| send(&site, other)).collect()).await;
    assert_eq!(sent.iter().sum::<usize>(), 5);
    let mut ids: Vec<_> = server.mails().iter().map(|mail| message_id(mail)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), server.mails().len()), (5, 5));
}

#[tokio::test]
async fn a_mail_is_tried_again_after_a_while_if_the_server_cannot_take_it_now() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    server.now(Behaviour::Answers("451 later"));
    send(&site, &mail).await;
    assert_eq!(state(&site).await, is("waiting", 1, "451"));
    assert_eq!(send(&site, &mail).await, 0, "not at once");
    server.now(Behaviour::Cuts);
    site.pass(Duration::from_secs(75));
    send(&site, &mail).await;
    let (waits, tries, _) = state(&site).await;
    assert_eq!((&*waits, tries), ("waiting", 2));
    server.now(Behaviour::Takes);
    site.pass(Duration::from_mins(2));
    assert_eq!(send(&site, &mail).await, 0, "the wait has become longer");
    site.pass(Duration::from_mins(5));
    assert_eq!(send(&site, &mail).await, 1);
    assert_eq!(server.mails().len(), 1);
    assert_eq!(state(&site).await.0, "sent");
}

#[tokio::test]
async fn a_mail_is_tried_again_if_the_server_does_not_answer_in_time() {
    for stalls in [Behaviour::SaysNothing, Behaviour::TakesAndSaysNothing] {
        let (site, server, _) = outbox().await;
        let mail = mail_by(server.transport_that_waits(Duration::from_secs(1)), SECRET);
        put(&site, &mail).await;
        server.now(stalls);
        let given_up = timeout(Duration::from_secs(10), send(&site, &mail)).await;
        assert!(given_up.is_ok(), "{stalls:?}");
        assert_eq!(
            state(&site).await,
            is("waiting", 1, "timeout"),
            "{stalls:?}"
        );
        let taken = server.mails();
        server.now(Behaviour::Takes);
        site.pass(Duration::from_secs(75));
        assert_eq!(send(&site, &mail).await, 1);
        assert_eq!(state(&site).await.0, "sent");
        let mails = server.mails();
        assert_eq!(mails.len(), taken.len() + 1, "{stalls:?}");
        assert!(mails.iter().all(|mail| *mail == mails[0]));
    }
}

/// The operator can mend these while the mail waits.
#[tokio::test]
async fn a_mail_waits_if_the_account_of_the_site_is_refused() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    for (answer, error) in [
        ("535 wrong password", "535"),
        ("550 the sender is not verified", "550"),
        ("550 5.4.5 daily limit exceeded", "550 5.4.5"),
        ("553 5.7.1 sender rejected", "553 5.7.1"),
        ("552 5.2.2 mailbox full", "552 5.2.2"),
        ("450 4.1.2 no such domain", "450 4.1.2"),
    ] {
        server.now(Behaviour::Answers(answer));
        assert_eq!(send(&site, &mail).await, 1, "{answer}");
        let (now, _, last_error) = state(&site).await;
        assert_eq!((&*now, &*last_error), ("waiting", error));
        site.set_back(Duration::from_hours(4));
    }
    server.now(Behaviour::Takes);
    send(&site, &mail).await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_that_is_refused_is_not_tried_again() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    server.now(Behaviour::Answers("550 5.1.1 no such user"));
    send(&site, &mail).await;
    assert_eq!(state(&site).await, is("refused", 1, "550 5.1.1"));
    server.now(Behaviour::Takes);
    site.pass(Duration::from_mins(10));
    assert_eq!(send(&site, &mail).await, 0);
    assert!(server.mails().is_empty());
}

/// It cannot be known whether the server has taken it (RFC 1047).
#[tokio::test]
async fn a_mail_that_may_have_been_taken_is_sent_again_and_is_the_same_mail() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    server.now(Behaviour::TakesAndCuts);
    send(&site, &mail).await;
    server.now(Behaviour::Takes);
    site.pass(Duration::from_secs(75));
    send(&site, &mail).await;
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0], mails[1]);
}

#[tokio::test]
async fn a_mail_of_a_server_that_was_killed_is_sent_by_another_one_after_its_lease() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    let now = site.login_manager.now();
    let leased = lease(&site.database, now).await.unwrap();
    assert!(leased.is_some());
    site.pass(Duration::from_secs(119));
    assert_eq!(send(&site, &mail).await, 0);
    site.pass(Duration::from_secs(1));
    assert_eq!(send(&site, &mail).await, 1);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_that_was_written_while_the_clock_was_ahead_is_sent() {
    let (site, server, mail) = outbox().await;
    site.pass(Duration::from_hours(10));
    put(&site, &mail).await;
    site.set_back(Duration::from_hours(10));
    assert_eq!(send(&site, &mail).await, 1);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_that_was_written_while_the_clock_was_ahead_waits_after_a_failed_try() {
    let (site, server, mail) = outbox().await;
    site.pass(Duration::from_hours(10));
    put(&site, &mail).await;
    site.set_back(Duration::from_hours(10));
    server.now(Behaviour::Answers("451 later"));
    let now = site.login_manager.now();
    let tried = timeout(Duration::from_secs(5), send(&site, &mail)).await;
    assert_eq!(tried.expect("not again and again"), 1);
    assert_eq!(stuck(&site.database, now, 15 * 60).await.unwrap(), 1);
    server.now(Behaviour::Takes);
    site.pass(Duration::from_secs(75));
    assert_eq!(send(&site, &mail).await, 1);
}

#[tokio::test]
async fn a_mail_that_was_tried_while_the_clock_was_ahead_is_tried_again() {
    for was_killed in [false, true] {
        let (site, server, mail) = outbox().await;
        put(&site, &mail).await;
        site.pass(Duration::from_mins(20));
        if was_killed {
            let now = site.login_manager.now();
            let leased = lease(&site.database, now).await.unwrap();
            assert!(leased.is_some());
        } else {
            server.now(Behaviour::Answers("451 later"));
            send(&site, &mail).await;
            server.now(Behaviour::Takes);
        }
        site.set_back(Duration::from_hours(10));
        assert_eq!(send(&site, &mail).await, 1, "killed: {was_killed}");
        assert_eq!(server.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_mail_goes_to_the_ascii_form_of_a_domain() {
    let (site, server, mail) = outbox().await;
    let letter = Letter {
        to: "ada@bücher.example".into(),
        ..letter(&site)
    };
    put_letter(&site, &mail, letter).await;
    send(&site, &mail).await;
    assert_eq!(received(&server.mails()[0]).to, "ada@xn--bcher-kva.example");
}

#[tokio::test]
async fn a_mail_comes_from_the_ascii_form_of_a_domain() {
    let (site, server, _) = outbox().await;
    let keys = SigningKeys::new(&SECRET.into(), &[]).unwrap();
    let from = "Bücher <hello@bücher.example>".parse().unwrap();
    let mail = Mail::new(keys.sealing(), String::new(), from, server.transport());
    put(&site, &mail).await;
    send(&site, &mail).await;
    let raw = &server.mails()[0];
    assert!(raw.contains("<hello@xn--bcher-kva.example>"), "{raw}");
}

/// RFC 6531: the tests' server takes ASCII only.
#[tokio::test]
async fn a_mail_to_an_address_that_the_server_cannot_take_is_not_tried_again() {
    let (site, server, mail) = outbox().await;
    let letter = Letter {
        to: "jürgen@example.com".into(),
        ..letter(&site)
    };
    put_letter(&site, &mail, letter).await;
    send(&site, &mail).await;
    assert_eq!(state(&site).await, is("refused", 1, "address"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn mails_share_a_connection_until_the_server_stalls() {
    let (site, server, _) = outbox().await;
    let transport = server.transport_that_waits(Duration::from_secs(1));
    let mail = mail_by(transport, SECRET);
    for _ in 0..10 {
        put(&site, &mail).await;
    }
    assert_eq!(send(&site, &mail).await, 10);
    // A connection is free again a moment after its mail.
    let connections = server.connections();
    assert!(connections < 10, "{connections}");
    server.now(Behaviour::AnswersLate);
    put(&site, &mail).await;
    send(&site, &mail).await;
    server.connections();
    server.now(Behaviour::Answers("550 5.1.1 no such user"));
    put(&site, &mail).await;
    sleep(Duration::from_secs(3)).await;
    send(&site, &mail).await;
    assert_eq!(server.connections(), 1, "another one");
    let mails = list(&site.database, 20).await.unwrap();
    let refused = mails.iter().filter(|mail| mail.state == "refused");
    assert_eq!(refused.count(), 1, "{mails:?}");
}

#[tokio::test]
async fn a_server_that_takes_one_mail_on_a_connection_gets_another_connection() {
    let (site, server, mail) = outbox().await;
    server.now(Behaviour::TakesOneEach);
    for _ in 0..10 {
        put(&site, &mail).await;
    }
    assert_eq!(send(&site, &mail).await, 10);
    assert_eq!((server.mails().len(), server.connections()), (10, 10));
}

#[tokio::test]
async fn letters_of_sign_ups_come_after_the_others() {
    let (site, server, mail) = outbox().await;
    let link = || "/signup/finish?link=battery".to_owned();
    for says in [
        Says::FinishSignUp { link: link() },
        Says::AddressTaken,
        Says::PasswordChanged,
    ] {
        let letter = Letter {
            says,
            ..letter(&site)
        };
        put_letter(&site, &mail, letter).await;
        site.pass(Duration::from_secs(1));
    }
    send(&site, &mail).await;
    let mails = server.mails();
    let subjects: Vec<_> = mails.iter().map(|mail| received(mail).subject).collect();
    assert_eq!(subjects[0], "Your password was changed");
    assert_eq!(subjects.len(), 3);
}

/// What is sealed for one row cannot be opened as that of another.
#[tokio::test]
async fn a_mail_that_was_moved_to_another_row_is_not_sent() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    let moved = sqlx::query("UPDATE outbox SET id = 'another'").execute(&site.database.pool);
    moved.await.unwrap();
    send(&site, &mail).await;
    assert!(server.mails().is_empty());
    assert_eq!(state(&site).await, is("waiting", 1, "unknown secret"));
}

#[tokio::test]
async fn a_mail_is_given_up_when_its_link_has_ended() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    site.pass(Duration::from_secs(LIFE.unsigned_abs()));
    send(&site, &mail).await;
    assert_eq!(state(&site).await, is("late", 1, "too late"));
    assert!(server.mails().is_empty());
    assert!(site.rows("outbox").await[0].len() < 400);
}

#[tokio::test]
async fn a_mail_is_opened_with_an_older_secret_and_not_without_it() {
    let (site, server, mail) = outbox().await;
    let keys = |first: &str, others: &[&str]| {
        let others: Vec<_> = others.iter().map(|&other| other.into()).collect();
        SigningKeys::new(&first.into(), &others).unwrap().sealing()
    };
    let sender = || "hello@app.test".parse().unwrap();
    put(&site, &mail).await;
    let rotated = Mail::new(
        keys(OLDER_SECRET, &[SECRET]),
        String::new(),
        sender(),
        server.transport(),
    );
    send(&site, &rotated).await;
    assert_eq!(server.mails().len(), 1);
    sweep(&site.database, site.login_manager.now() + 8 * 24 * 60 * 60)
        .await
        .unwrap();
    put(&site, &mail).await;
    let foreign = Mail::new(
        keys(OLDER_SECRET, &[]),
        String::new(),
        sender(),
        server.transport(),
    );
    send(&site, &foreign).await;
    assert_eq!(state(&site).await, is("waiting", 1, "unknown secret"));
    // A server that knows it sends the mail.
    site.pass(Duration::from_secs(75));
    send(&site, &mail).await;
    assert_eq!(server.mails().len(), 2);
}

#[tokio::test]
async fn what_was_sent_is_listed_for_a_week_and_what_waits_stays() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    send(&site, &mail).await;
    let now = site.login_manager.now();
    let week = 7 * 24 * 60 * 60;
    sweep(&site.database, now + week).await.unwrap();
    assert_eq!(site.rows("outbox").await.len(), 1);
    sweep(&site.database, now + week + 1).await.unwrap();
    assert!(site.rows("outbox").await.is_empty());
    server.now(Behaviour::Cuts);
    put(&site, &mail).await;
    send(&site, &mail).await;
    sweep(&site.database, now + week + 1).await.unwrap();
    assert_eq!(site.rows("outbox").await.len(), 1);
    assert_eq!(
        stuck(&site.database, now + 16 * 60, 15 * 60).await.unwrap(),
        1
    );
    assert_eq!(
        stuck(&site.database, now + 10 * 60, 15 * 60).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_mail_that_waits_while_later_ones_are_sent_is_no_alarm_and_is_listed_first() {
    let (site, server, mail) = outbox().await;
    put(&site, &mail).await;
    server.now(Behaviour::Answers("450 4.1.2 no such domain"));
    send(&site, &mail).await;
    let now = site.login_manager.now();
    assert_eq!(stuck(&site.database, now + 3600, 60).await.unwrap(), 1);
    server.now(Behaviour::Takes);
    for _ in 0..3 {
        site.pass(Duration::from_secs(1));
        put(&site, &mail).await;
    }
    send(&site, &mail).await;
    let mails = list(&site.database, 2).await.unwrap();
    let states: Vec<_> = mails.iter().map(|mail| &*mail.state).collect();
    assert_eq!(states, ["waiting", "sent"]);
    assert_eq!(stuck(&site.database, now + 3600, 60).await.unwrap(), 0);
    site.pass(Duration::from_secs(1));
    put(&site, &mail).await;
    assert_eq!(stuck(&site.database, now + 3600, 60).await.unwrap(), 1);
}

#[tokio::test]
async fn more_old_mails_than_one_statement_deletes_are_deleted() {
    let (site, _, _) = outbox().await;
    for number in 0..1200 {
        let insert = format!(
            "INSERT INTO outbox (id, kind, state, sealed, created_at, not_before, lease_until, expires_at, tries, last_error) \
             VALUES ('{number}', 'test', 'unsent', '', 0, 0, 0, 0, 0, '')"
        );
        let insert = sqlx::query(sqlx::AssertSqlSafe(insert));
        insert.execute(&site.database.pool).await.expect("a row");
    }
    let now = site.login_manager.now();
    sweep(&site.database, now).await.unwrap();
    assert!(site.rows("outbox").await.is_empty());
}

/// Addresses of the outbox, and what mail servers say of them, are personal data (OWASP, Email Validation).
#[tokio::test]
async fn the_log_names_no_recipient() {
    let (site, server, mail) = outbox().await;
    for behaviour in [
        Behaviour::Takes,
        Behaviour::Answers("451 later"),
        Behaviour::Answers("550 5.1.1 no such user"),
        Behaviour::Cuts,
    ] {
        server.now(behaviour);
        put(&site, &mail).await;
        send(&site, &mail).await;
    }
    let lines = site.log.lines();
    assert!(lines.iter().any(|line| line.contains("a mail was refused")));
    for line in lines {
        assert!(
            !line.contains("ada@") && !line.contains("battery"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_folder_gets_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;

    let site = site().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("mail");
    let mail = mail_by(Transport::Folder(path.clone()), SECRET);
    put(&site, &mail).await;
    send(&site, &mail).await;
    let file = std::fs::read_dir(&path).unwrap().next().unwrap().unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&file.path())), (0o700, 0o600));
    assert!(!file.file_name().to_string_lossy().contains("ada"));
}
