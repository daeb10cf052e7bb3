//! Yours: the tests of your own pages and functions.

mod demo;
mod home;
mod languages;
mod preferences;
mod style_guide;
