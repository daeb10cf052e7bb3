//! Yours: the tests of your own pages and functions.

mod home;

/// Server functions of yours that a guest may call, for instance `/api/search`. Every other must refuse a guest.
pub const PUBLIC_FUNCTIONS: &[&str] = &[];
