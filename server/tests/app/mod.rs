//! Yours: the tests of your own pages and functions.

mod account;
mod demo;
mod history;
mod home;
mod languages;
mod preferences;
mod style_guide;
