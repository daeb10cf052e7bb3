//! Yours: the tests of your own pages and functions.

mod home;
mod theme;
