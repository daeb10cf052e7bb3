//! The mails that the site sends, and what their links do. Delete this folder with `app/src/mail`.

mod closed;
mod commands;
mod consequences;
mod email;
mod kills;
mod notices;
mod outbox;
mod postbox;
mod reset;
mod samples;
mod settings;
mod sign_up;
mod smtp;
