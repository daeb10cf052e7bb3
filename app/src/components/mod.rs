//! Yours. What pages share.

mod confirm_dialog;
mod field;
mod message;
mod navigation;
mod submit;

pub use confirm_dialog::ConfirmDialog;
pub use field::Field;
pub use message::{FormMessage, form_error};
pub use navigation::{AccountNavigation, Navigation, QuietNavigation};
pub use submit::Submit;
