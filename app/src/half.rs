//! Core. Which half of the app this is: `app` is compiled for the server and for the browser.

/// A constant, so that each half leaves out what only the other one needs.
pub const IS_SERVER: bool = cfg!(feature = "ssr");
