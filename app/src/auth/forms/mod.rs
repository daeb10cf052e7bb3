//! Core. This room knows how a form is answered, and what is said to its visitor.

/// How the hydrated page calls a server function.
mod call;
/// A message that survives one redirect, and the values that were typed.
pub mod flash;
/// A form of a page.
pub mod form;
/// The message of a form as a whole.
mod form_message;
/// Errors, notices and labels as texts.
pub mod messages;
/// What the forms of a page share.
pub(in crate::auth) mod page_forms;
/// The element of a form.
pub mod post_form;
/// A form that waits for a confirmed password.
pub mod unconfirmed;
/// The user to whom a form was shown.
mod user_field;
/// An error as the body of a response.
mod wire;

/// How a server function answers a form in all three worlds.
#[cfg(feature = "ssr")]
pub mod answer;
/// Whether the browser keeps cookies.
#[cfg(feature = "ssr")]
pub mod cookie_check;
/// The layer around server functions.
#[cfg(feature = "ssr")]
pub mod function_layer;
/// What a browser keeps between requests.
#[cfg(feature = "ssr")]
pub mod kept;
/// Responses: errors and redirects.
#[cfg(feature = "ssr")]
pub mod response;
/// The file of an upload.
#[cfg(feature = "ssr")]
pub mod upload;

pub use call::check_fields;
pub use form_message::use_form_message;
