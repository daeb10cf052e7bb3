//! Yours. What pages share.

mod field;
mod message;
mod navigation;
mod submit;

pub use field::Field;
pub use message::{Message, form_error};
pub use navigation::{Navigation, QuietNavigation};
pub use submit::Submit;
