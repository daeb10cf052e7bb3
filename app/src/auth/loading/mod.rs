//! Core. This room knows how a page gets what it shows.

/// The answer of a server function, as text.
mod answer;
/// How a server function is called.
mod call;
/// The values of server functions.
mod load;
/// What is shown where something could not be loaded.
mod load_error;
/// A request of the hydrated page.
mod request;
/// A part of a page that only the server renders.
mod still;

pub(in crate::auth) use answer::Answer;
pub(in crate::auth) use call::call;
pub use load::{Loaded, load};
pub use load_error::{LoadError, PageStatus};
pub(in crate::auth) use request::request;
pub use still::still;
