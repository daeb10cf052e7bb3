//! Yours. What pages share.

mod ago;
mod confirm_dialog;
mod device;
mod field;
mod frame;
mod logout_button;
mod message;
mod navigation;
mod new_password_field;
mod submit;
mod text_area;

pub use ago::ago;
pub use confirm_dialog::ConfirmDialog;
pub use device::device;
pub use field::Field;
pub use frame::Frame;
pub use logout_button::LogoutButton;
pub use message::{FormMessage, form_error};
pub use navigation::{AccountNavigation, Navigation, QuietNavigation};
pub use new_password_field::NewPasswordField;
pub use submit::Submit;
pub use text_area::TextArea;
