//! Yours: the tests of your own pages and functions.

mod home;
mod languages;
mod preferences;
mod style_guide;
