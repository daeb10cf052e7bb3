//! Yours. What pages share.

mod ago;
mod confirm_dialog;
mod field;
mod message;
mod navigation;
mod new_password_field;
mod submit;

pub use ago::ago;
pub use confirm_dialog::ConfirmDialog;
pub use field::Field;
pub use message::{FormMessage, form_error};
pub use navigation::{AccountNavigation, Navigation, QuietNavigation};
pub use new_password_field::NewPasswordField;
pub use submit::Submit;
